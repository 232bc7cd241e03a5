#include "calve/cli/duckdb.h"

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
         find(library, "duckdb_create_config", functions.create_config) &&
         find(library, "duckdb_set_config", functions.set_config) &&
         find(library, "duckdb_destroy_config", functions.destroy_config) &&
         find(library, "duckdb_query", functions.query) &&
         find(library, "duckdb_destroy_result", functions.destroy_result) &&
         find(library, "duckdb_result_error", functions.result_error) &&
         find(library, "duckdb_column_count", functions.column_count) &&
         find(library, "duckdb_row_count", functions.row_count) &&
         find(library, "duckdb_column_name", functions.column_name) &&
         find(library, "duckdb_column_type", functions.column_type) &&
         find(library, "duckdb_value_is_null", functions.value_is_null) &&
         find(library, "duckdb_value_varchar", functions.value_varchar) &&
         find(library, "duckdb_free", functions.free);
}

bool is_number(api::Type type) {
  switch (type) {
    case api::kTinyint:
    case api::kSmallint:
    case api::kInteger:
    case api::kBigint:
    case api::kUtinyint:
    case api::kUsmallint:
    case api::kUinteger:
    case api::kUbigint:
    case api::kFloat:
    case api::kDouble:
    case api::kHugeint:
    case api::kDecimal:
    case api::kUhugeint:
      return true;
  }
  return false;
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

DuckDb::DuckDb(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
DuckDb::DuckDb(DuckDb&&) noexcept = default;
DuckDb& DuckDb::operator=(DuckDb&&) noexcept = default;
DuckDb::~DuckDb() = default;

Result<DuckDb> DuckDb::open(const std::filesystem::path& folder) {
  const std::string path = folder / "libduckdb.so";
  // Never unloaded: the library keeps threads of its own.
  void* library = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    return fail(ErrorKind::kConfig,
                fmt::format("DuckDB was not found; run ./dev setup, or set CALVE_DUCKDB to the "
                            "folder with libduckdb.so and its extensions: {}",
                            ::dlerror()));
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
    CALVE_TRY(duckdb.query("LOAD " + sql_quote(file)));
  }
  // Timestamps print in the zone that Calve speaks everywhere.
  CALVE_TRY(duckdb.query("SET TimeZone = 'UTC'"));
  return duckdb;
}

Result<QueryResult> DuckDb::query(const std::string& sql) {
  const api::Functions& call = impl_->call;
  api::Result answer{};
  const auto state = call.query(impl_->connection, sql.c_str(), &answer);
  const std::unique_ptr<api::Result, void (*)(api::Result*)> owner(&answer, call.destroy_result);
  if (state != api::kSuccess) {
    const char* why = call.result_error(&answer);
    return fail(ErrorKind::kUsage,
                fmt::format("DuckDB refuses the query: {}", why != nullptr ? why : "no reason given"));
  }
  QueryResult result;
  const api::Index columns = call.column_count(&answer);
  for (api::Index column = 0; column < columns; ++column) {
    result.columns.push_back({.name = call.column_name(&answer, column),
                              .is_number = is_number(call.column_type(&answer, column))});
  }
  const api::Index rows = call.row_count(&answer);
  result.rows.resize(rows);
  for (api::Index row = 0; row < rows; ++row) {
    for (api::Index column = 0; column < columns; ++column) {
      auto& value = result.rows[row].emplace_back();
      if (call.value_is_null(&answer, column, row)) continue;
      char* text = call.value_varchar(&answer, column, row);
      if (text != nullptr) value = text;
      call.free(text);
    }
  }
  return result;
}

std::string sql_quote(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) {
    quoted += c;
    if (c == '\'') quoted += c;
  }
  return quoted + "'";
}

}  // namespace calve::cli
