#include "calve/cli/duckdb.h"

#include <algorithm>
#include <array>
#include <utility>

#include <dlfcn.h>
#include <fmt/format.h>

#include "calve/cli/duckdb_api.h"

namespace calve::cli {
namespace {

namespace api = duckdb_api;

// In this order: iceberg_scan reads manifests with avro.
constexpr std::array kExtensions = {"avro", "iceberg", "httpfs"};

template <class Function>
bool find(void* library, const char* name, Function& function) {
  function = reinterpret_cast<Function>(::dlsym(library, name));
  return function != nullptr;
}

bool find_all(void* library, api::Functions& functions) {
  return find(library, "duckdb_open_ext", functions.open_ext) &&
         find(library, "duckdb_close", functions.close) &&
         find(library, "duckdb_connect", functions.connect) &&
         find(library, "duckdb_disconnect", functions.disconnect) &&
         find(library, "duckdb_interrupt", functions.interrupt) &&
         find(library, "duckdb_create_config", functions.create_config) &&
         find(library, "duckdb_set_config", functions.set_config) &&
         find(library, "duckdb_destroy_config", functions.destroy_config) &&
         find(library, "duckdb_query", functions.query) &&
         find(library, "duckdb_prepare", functions.prepare) &&
         find(library, "duckdb_prepare_error", functions.prepare_error) &&
         find(library, "duckdb_prepared_statement_type", functions.prepared_statement_type) &&
         find(library, "duckdb_prepared_statement_column_count", functions.prepared_statement_column_count) &&
         find(library, "duckdb_prepared_statement_column_name", functions.prepared_statement_column_name) &&
         find(library, "duckdb_prepared_statement_column_type", functions.prepared_statement_column_type) &&
         find(library, "duckdb_execute_prepared_streaming", functions.execute_prepared_streaming) &&
         find(library, "duckdb_destroy_prepare", functions.destroy_prepare) &&
         find(library, "duckdb_result_error", functions.result_error) &&
         find(library, "duckdb_fetch_chunk", functions.fetch_chunk) &&
         find(library, "duckdb_destroy_result", functions.destroy_result) &&
         find(library, "duckdb_data_chunk_get_size", functions.data_chunk_get_size) &&
         find(library, "duckdb_data_chunk_get_vector", functions.data_chunk_get_vector) &&
         find(library, "duckdb_destroy_data_chunk", functions.destroy_data_chunk) &&
         find(library, "duckdb_vector_get_data", functions.vector_get_data) &&
         find(library, "duckdb_vector_get_validity", functions.vector_get_validity) &&
         find(library, "duckdb_free", functions.free);
}

ColumnKind kind_of(api::Type type) {
  switch (type) {
    case api::kTinyint:
    case api::kSmallint:
    case api::kInteger:
    case api::kBigint:
    case api::kUtinyint:
    case api::kUsmallint:
    case api::kUinteger:
    case api::kUbigint:
    case api::kHugeint:
    case api::kDecimal:
    case api::kUhugeint:
      return ColumnKind::kExactNumber;
    case api::kFloat:
    case api::kDouble:
      return ColumnKind::kFloat;
  }
  return ColumnKind::kOther;
}

// What is not the query's own fault, by the words with which DuckDB's messages begin.
constexpr auto kKinds = std::to_array<std::pair<std::string_view, ErrorKind>>({
    {"HTTP Error", ErrorKind::kUnreachable},
    {"Network Error", ErrorKind::kUnreachable},
    {"Connection Error", ErrorKind::kUnreachable},
    {"Permission Error", ErrorKind::kAccessDenied},
    {"IO Error", ErrorKind::kIo},
    {"Out of Memory Error", ErrorKind::kIo},
    {"INTERRUPT Error", ErrorKind::kCancelled},
    {"INTERNAL Error", ErrorKind::kInternal},
    {"FATAL Error", ErrorKind::kInternal},
});

std::unexpected<Error> refused(const char* why) {
  const std::string_view words = why != nullptr ? why : "no reason given";
  const auto known =
      std::ranges::find_if(kKinds, [&](const auto& kind) { return words.starts_with(kind.first); });
  if (known != kKinds.end()) {
    return fail(known->second, fmt::format("DuckDB could not answer the query: {}", words));
  }
  return fail(ErrorKind::kUsage, fmt::format("DuckDB refuses the query: {}", words));
}

StatementKind kind_of(api::StatementType type) {
  switch (type) {
    case api::kSelect:
      return StatementKind::kSelect;
    case api::kExplain:
      return StatementKind::kExplain;
  }
  return StatementKind::kOther;
}

std::string_view view_of(const api::String& text) {
  const char* bytes = text.length <= api::String::kInlinedMax ? text.inlined : text.far.pointer;
  return {bytes, text.length};
}

// The query as one item of a FROM clause. A line comment at its end must not reach the parenthesis.
std::string subquery(std::string_view query) {
  query = query.substr(0, query.find_last_not_of(" \t\r\n;") + 1);
  return fmt::format("(\n{}\n)", query);
}

}  // namespace

struct DuckDb::Impl {
  api::Functions call{};
  void* database = nullptr;
  void* connection = nullptr;

  ~Impl() {
    if (connection != nullptr) call.disconnect(&connection);
    if (database != nullptr) call.close(&database);
  }
};

namespace {

// Owns a prepared statement, usable or not.
class Prepared {
 public:
  Prepared(const api::Functions& call, void* connection, const std::string& statement)
      : call_(call), state_(call.prepare(connection, statement.c_str(), &statement_)) {}
  ~Prepared() { call_.destroy_prepare(&statement_); }
  Prepared(const Prepared&) = delete;
  Prepared& operator=(const Prepared&) = delete;

  Result<void*> get() const {
    if (state_ == api::kSuccess) return statement_;
    return refused(call_.prepare_error(statement_));
  }

 private:
  const api::Functions& call_;
  void* statement_ = nullptr;
  api::State state_;
};

struct Interrupt {
  const api::Functions& call;
  void* connection;

  void operator()() const { call.interrupt(connection); }
};

}  // namespace

struct QueryRows::Impl {
  Impl(const api::Functions& functions, void* connection, const std::string& query,
       const std::stop_token& stop_token)
      : call(functions),
        prepared(functions, connection, query),
        stop(stop_token),
        interrupt(stop, Interrupt{functions, connection}) {}
  ~Impl() {
    if (chunk != nullptr) call.destroy_data_chunk(&chunk);
    call.destroy_result(&result);
  }

  const api::Functions& call;
  Prepared prepared;
  std::stop_token stop;
  std::stop_callback<Interrupt> interrupt;
  api::Result result{};
  void* chunk = nullptr;
  api::Index chunk_rows = 0;
  api::Index next_row = 0;  // within the chunk
  std::vector<std::optional<std::string_view>> values;
};

QueryRows::QueryRows(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
QueryRows::QueryRows(QueryRows&&) noexcept = default;
QueryRows::~QueryRows() = default;

Result<bool> QueryRows::next() {
  const api::Functions& call = impl_->call;
  while (impl_->next_row == impl_->chunk_rows) {
    if (impl_->chunk != nullptr) call.destroy_data_chunk(&impl_->chunk);
    if (impl_->stop.stop_requested()) return fail(ErrorKind::kCancelled, "Stopped before the query's end");
    impl_->chunk = call.fetch_chunk(impl_->result);
    if (impl_->chunk == nullptr) {
      if (call.result_error(&impl_->result) != nullptr) return refused(call.result_error(&impl_->result));
      return false;
    }
    impl_->chunk_rows = call.data_chunk_get_size(impl_->chunk);
    impl_->next_row = 0;
  }
  const api::Index row = impl_->next_row++;
  for (api::Index column = 0; column < impl_->values.size(); ++column) {
    void* const vector = call.data_chunk_get_vector(impl_->chunk, column);
    const std::uint64_t* const validity = call.vector_get_validity(vector);
    const bool is_null = validity != nullptr && (validity[row / 64] >> (row % 64) & 1) == 0;
    if (is_null) {
      impl_->values[column].reset();
    } else {
      impl_->values[column] = view_of(static_cast<const api::String*>(call.vector_get_data(vector))[row]);
    }
  }
  return true;
}

const std::vector<std::optional<std::string_view>>& QueryRows::values() const {
  return impl_->values;
}

DuckDb::DuckDb(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
DuckDb::DuckDb(DuckDb&&) noexcept = default;
DuckDb::~DuckDb() = default;

Result<DuckDb> DuckDb::open(const std::filesystem::path& folder) {
  constexpr const char* kNextStep =
      "run ./dev setup, or set CALVE_DUCKDB to the folder with libduckdb.so and its extensions";
  const std::string path = folder / "libduckdb.so";
  // Never unloaded: the library keeps threads of its own.
  void* library = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    return fail(ErrorKind::kConfig, fmt::format("DuckDB was not found; {}: {}", kNextStep, ::dlerror()));
  }
  auto impl = std::make_unique<Impl>();
  if (!find_all(library, impl->call)) {
    return fail(ErrorKind::kConfig,
                fmt::format("This DuckDB lacks a function of the C API; version 1.5.5 has all: {}", path));
  }
  void* config = nullptr;
  impl->call.create_config(&config);
  impl->call.set_config(config, "autoinstall_known_extensions", "false");
  impl->call.set_config(config, "autoload_known_extensions", "false");
  char* error = nullptr;
  const bool opened = impl->call.open_ext(nullptr, &impl->database, config, &error) == api::kSuccess &&
                      impl->call.connect(impl->database, &impl->connection) == api::kSuccess;
  impl->call.destroy_config(&config);
  if (!opened) {
    return fail(ErrorKind::kInternal,
                fmt::format("DuckDB does not start: {}", error != nullptr ? error : path));
  }
  DuckDb duckdb(std::move(impl));
  for (const char* extension : kExtensions) {
    const std::string file = folder / fmt::format("{}.duckdb_extension", extension);
    if (const auto loaded = duckdb.execute("LOAD " + sql_quote(file)); !loaded) {
      return fail(ErrorKind::kConfig, fmt::format("DuckDB cannot load its extension {}; {}: {}", extension,
                                                  kNextStep, loaded.error().message));
    }
  }
  // Timestamps print in the zone that Calve speaks everywhere.
  CALVE_TRY(duckdb.execute("SET TimeZone = 'UTC'"));
  return duckdb;
}

Result<void> DuckDb::execute(const std::string& statement) {
  const api::Functions& call = impl_->call;
  api::Result answer{};
  const auto state = call.query(impl_->connection, statement.c_str(), &answer);
  const std::unique_ptr<api::Result, void (*)(api::Result*)> owner(&answer, call.destroy_result);
  if (state != api::kSuccess) return refused(call.result_error(&answer));
  return {};
}

Result<Statement> DuckDb::prepare(const std::string& statement) {
  const api::Functions& call = impl_->call;
  const Prepared prepared(call, impl_->connection, statement);
  void* const handle = CALVE_TRY(prepared.get());
  Statement found{.text = statement, .kind = kind_of(call.prepared_statement_type(handle))};
  if (found.kind != StatementKind::kSelect) return found;
  const api::Index columns = call.prepared_statement_column_count(handle);
  for (api::Index column = 0; column < columns; ++column) {
    const char* const name = call.prepared_statement_column_name(handle, column);
    found.columns.push_back(
        {.name = name, .kind = kind_of(call.prepared_statement_column_type(handle, column))});
    call.free(const_cast<char*>(name));
  }
  return found;
}

Result<QueryRows> DuckDb::text_rows(const Statement& select, const std::stop_token& stop) {
  return rows(fmt::format("SELECT COLUMNS(*)::VARCHAR FROM {}", subquery(select.text)), stop);
}

// to_json takes a decimal through a double, and gives what is no number as text that is no JSON.
Result<QueryRows> DuckDb::json_rows(const Statement& select, const std::stop_token& stop) {
  std::vector<std::string> names;
  std::vector<std::string> values;
  for (const QueryColumn& column : select.columns) {
    const std::string& name = names.emplace_back(fmt::format("c{}", names.size()));
    switch (column.kind) {
      case ColumnKind::kExactNumber:
        values.push_back(fmt::format("{}::VARCHAR", name));
        break;
      case ColumnKind::kFloat:
        values.push_back(fmt::format(
            "CASE WHEN isfinite({0}) THEN {0}::VARCHAR ELSE to_json({0}::VARCHAR)::VARCHAR END", name));
        break;
      case ColumnKind::kOther:
        values.push_back(fmt::format("to_json({})::VARCHAR", name));
        break;
    }
  }
  return rows(fmt::format("SELECT {} FROM {} AS query({})", fmt::join(values, ", "), subquery(select.text),
                          fmt::join(names, ", ")),
              stop);
}

Result<QueryRows> DuckDb::explain(const Statement& statement, const std::stop_token& stop) {
  return rows(statement.text, stop);
}

// Every column of the query is VARCHAR.
Result<QueryRows> DuckDb::rows(const std::string& text_query, const std::stop_token& stop) {
  const api::Functions& call = impl_->call;
  auto rows = std::make_unique<QueryRows::Impl>(call, impl_->connection, text_query, stop);
  void* const statement = CALVE_TRY(rows->prepared.get());
  rows->values.resize(call.prepared_statement_column_count(statement));
  if (call.execute_prepared_streaming(statement, &rows->result) != api::kSuccess) {
    return refused(call.result_error(&rows->result));
  }
  return QueryRows(std::move(rows));
}

std::string sql_quote(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) {
    quoted += c;
    if (c == '\'') quoted += c;
  }
  return quoted + "'";
}

std::string sql_quote_name(std::string_view name) {
  std::string quoted = "\"";
  for (const char c : name) {
    quoted += c;
    if (c == '"') quoted += c;
  }
  return quoted + "\"";
}

}  // namespace calve::cli
