#include "calve/cli/query_tables.h"

#include <cctype>
#include <filesystem>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ostream.h>

#include "calve/cli/services.h"
#include "calve/cli/text_table.h"
#include "calve/storage/credentials.h"

namespace calve::cli {
namespace {

std::filesystem::path duckdb_folder(const Settings& settings) {
  if (!settings.duckdb.empty()) return settings.duckdb;
  std::error_code ignored;
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", ignored);
  const std::filesystem::path beside = program.parent_path().parent_path() / "lib" / "duckdb";
  if (std::filesystem::exists(beside / "libduckdb.so", ignored)) return beside;
  return CALVE_DUCKDB_DEFAULT;
}

Result<void> give_s3_access(const S3Settings& s3, DuckDb& duckdb) {
  const auto credentials = CALVE_TRY(s3_credentials(s3)->get());
  std::string secret =
      fmt::format("CREATE SECRET (TYPE s3, KEY_ID {}, SECRET {}, REGION {}, URL_STYLE '{}'",
                  sql_quote(credentials.access_key_id), sql_quote(credentials.secret_access_key.reveal()),
                  sql_quote(s3.region), s3.path_style ? "path" : "vhost");
  if (!credentials.session_token.empty()) {
    secret += fmt::format(", SESSION_TOKEN {}", sql_quote(credentials.session_token.reveal()));
  }
  if (!s3.endpoint.empty()) {
    const std::size_t host = s3.endpoint.find("://") + 3;
    secret += fmt::format(", ENDPOINT {}, USE_SSL {}", sql_quote(s3.endpoint.substr(host)),
                          s3.endpoint.starts_with("https:") ? "true" : "false");
  }
  // DuckDB's own words could repeat the statement, secrets and all.
  if (!duckdb.query(secret + ")")) {
    return fail(ErrorKind::kConfig,
                "DuckDB refuses the S3 settings; check AWS_ENDPOINT_URL and the credentials");
  }
  return {};
}

Result<void> make_view(const Warehouse& warehouse, const catalog::TableIdentifier& table,
                       const char* short_name, DuckDb& duckdb) {
  const auto loaded = warehouse.catalog->load(table);
  if (!loaded && loaded.error().kind == ErrorKind::kNotFound) {
    return fail(ErrorKind::kNotFound, fmt::format("{}. `calve run` makes it", loaded.error().message));
  }
  if (!loaded) return std::unexpected(loaded.error());
  const std::string scan =
      fmt::format("SELECT * FROM iceberg_scan({})", sql_quote(loaded->metadata_location));
  // A table without a snapshot has nothing that could be scanned, and no columns for DuckDB to see.
  if (!loaded->metadata.current_snapshot_id) {
    return fail(ErrorKind::kNotFound,
                fmt::format("The table {} is still empty; `calve run` fills it", catalog::to_string(table)));
  }
  CALVE_TRY(duckdb.query(
      fmt::format("CREATE SCHEMA IF NOT EXISTS \"{}\"", fmt::join(table.namespace_levels, "."))));
  CALVE_TRY(duckdb.query(fmt::format("CREATE VIEW \"{}\".\"{}\" AS {}",
                                     fmt::join(table.namespace_levels, "."), table.name, scan)));
  CALVE_TRY(duckdb.query(fmt::format("CREATE OR REPLACE VIEW \"{}\" AS {}", short_name, scan)));
  return {};
}

bool is_selection(std::string_view query) {
  const std::size_t begin = query.find_first_not_of(" \t\r\n(");
  if (begin == std::string_view::npos) return false;
  std::string word;
  for (const char c : query.substr(begin, 6))
    word += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return word.starts_with("select") || word.starts_with("with") || word.starts_with("from") ||
         word.starts_with("values");
}

std::string without_semicolon(std::string query) {
  query.erase(query.find_last_not_of(" \t\r\n;") + 1);
  return query;
}

std::string csv_cell(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text)
    quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

void print_csv(std::ostream& out, const QueryResult& result) {
  std::vector<std::string> line;
  for (const QueryColumn& column : result.columns)
    line.push_back(csv_cell(column.name));
  fmt::print(out, "{}\n", fmt::join(line, ","));
  for (const auto& row : result.rows) {
    line.clear();
    for (const auto& value : row)
      line.push_back(csv_cell(value.value_or("")));
    fmt::print(out, "{}\n", fmt::join(line, ","));
  }
}

}  // namespace

Result<DuckDb> open_tables(const Invocation& invocation) {
  const Settings& settings = invocation.settings;
  const Warehouse warehouse = CALVE_TRY(open_warehouse(settings, invocation.stop));
  DuckDb duckdb = CALVE_TRY(DuckDb::open(duckdb_folder(settings)));
  if (settings.iceberg.warehouse.starts_with("s3://")) CALVE_TRY(give_s3_access(settings.s3, duckdb));
  CALVE_TRY(make_view(warehouse, settings.iceberg.orders, "orders", duckdb));
  const auto rejects = make_view(warehouse, settings.iceberg.rejects, "rejects", duckdb);
  // Where nothing was rejected there is no snapshot of rejects; queries of orders alone go on.
  if (!rejects && rejects.error().kind != ErrorKind::kNotFound) return std::unexpected(rejects.error());
  return duckdb;
}

void print_result(const Invocation& invocation, const QueryResult& result) {
  std::vector<TextColumn> columns;
  for (const QueryColumn& column : result.columns) {
    columns.push_back({.name = column.name, .align = column.is_number ? Align::kRight : Align::kLeft});
  }
  std::vector<std::vector<std::string>> rows;
  for (const auto& row : result.rows) {
    auto& line = rows.emplace_back();
    for (const auto& value : row)
      line.push_back(value.value_or("NULL"));
  }
  print_table(invocation.out, columns, rows);
  fmt::print(invocation.err, "{} row{}\n", group_digits(static_cast<std::int64_t>(rows.size())),
             rows.size() == 1 ? "" : "s");
}

Result<void> print_query(const Invocation& invocation, DuckDb& duckdb, const std::string& query) {
  const std::string inner = without_semicolon(query);
  if (!is_selection(inner)) {
    print_result(invocation, CALVE_TRY(duckdb.query(inner)));
    return {};
  }
  switch (invocation.output) {
    case OutputFormat::kText: {
      // Nested values have a text only through a cast; the types, for alignment, only without it.
      const QueryResult types = CALVE_TRY(duckdb.query(fmt::format("SELECT * FROM ({}) LIMIT 0", inner)));
      QueryResult result =
          CALVE_TRY(duckdb.query(fmt::format("SELECT COLUMNS(*)::VARCHAR FROM ({})", inner)));
      result.columns = types.columns;
      print_result(invocation, result);
      return {};
    }
    case OutputFormat::kCsv:
      print_csv(invocation.out,
                CALVE_TRY(duckdb.query(fmt::format("SELECT COLUMNS(*)::VARCHAR FROM ({})", inner))));
      return {};
    case OutputFormat::kJson:
    case OutputFormat::kNdjson: {
      const bool is_array = invocation.output == OutputFormat::kJson;
      const QueryResult result = CALVE_TRY(duckdb.query(
          fmt::format("SELECT to_json(row_of_query)::VARCHAR FROM ({}) AS row_of_query", inner)));
      if (is_array) fmt::print(invocation.out, "[");
      for (std::size_t i = 0; i < result.rows.size(); ++i) {
        const char* separator = !is_array || i == 0 ? "" : ",\n";
        fmt::print(invocation.out, "{}{}{}", separator, result.rows[i].front().value_or("null"),
                   is_array ? "" : "\n");
      }
      if (is_array) fmt::print(invocation.out, "]\n");
      return {};
    }
  }
  std::unreachable();
}

}  // namespace calve::cli
