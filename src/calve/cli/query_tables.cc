#include "calve/cli/query_tables.h"

#include <filesystem>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "calve/config/open_parts.h"
#include "calve/storage/credentials.h"
#include "calve/storage/location.h"

namespace calve::cli {
namespace {

std::filesystem::path duckdb_folder(const config::Settings& settings) {
  if (!settings.duckdb.empty()) return settings.duckdb;
  std::error_code ignored;
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", ignored);
  const std::filesystem::path beside = program.parent_path().parent_path() / "lib" / "duckdb";
  if (std::filesystem::exists(beside / "libduckdb.so", ignored)) return beside;
  return CALVE_DUCKDB_DEFAULT;
}

Result<void> give_s3_access(const config::S3Settings& s3, DuckDb& duckdb) {
  const auto credentials = CALVE_TRY(config::s3_credentials(s3)->get());
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
  if (!duckdb.execute(secret + ")")) {
    return fail(ErrorKind::kConfig,
                "DuckDB refuses the S3 settings; check AWS_ENDPOINT_URL and the credentials");
  }
  return {};
}

Result<void> make_view(const config::Warehouse& warehouse, const catalog::TableIdentifier& table,
                       const char* short_name, DuckDb& duckdb) {
  const auto loaded = warehouse.catalog->load(table);
  if (!loaded && loaded.error().kind == ErrorKind::kNotFound) {
    return fail(ErrorKind::kNotFound, fmt::format("{}. `calve run` makes it", loaded.error().message));
  }
  if (!loaded) return std::unexpected(loaded.error());
  const std::string scan =
      fmt::format("SELECT * FROM iceberg_scan({})", sql_quote(loaded->metadata_location));
  const std::string schema = sql_quote_name(fmt::to_string(fmt::join(table.namespace_levels, ".")));
  CALVE_TRY(duckdb.execute(fmt::format("CREATE SCHEMA IF NOT EXISTS {}", schema)));
  CALVE_TRY(duckdb.execute(fmt::format("CREATE VIEW {}.{} AS {}", schema, sql_quote_name(table.name), scan)));
  return duckdb.execute(fmt::format("CREATE OR REPLACE VIEW {} AS {}", sql_quote_name(short_name), scan));
}

}  // namespace

Result<DuckDb> open_tables(const Invocation& invocation) {
  const config::Settings& settings = invocation.settings;
  const config::Warehouse warehouse = CALVE_TRY(config::open_warehouse(settings, invocation.stop));
  DuckDb duckdb = CALVE_TRY(DuckDb::open(duckdb_folder(settings)));
  const auto location = CALVE_TRY(storage::parse_location(settings.iceberg.warehouse));
  if (location.scheme == storage::Scheme::kS3) CALVE_TRY(give_s3_access(settings.s3, duckdb));
  CALVE_TRY(make_view(warehouse, settings.iceberg.orders, "orders", duckdb));
  CALVE_TRY(make_view(warehouse, settings.iceberg.rejects, "rejects", duckdb));
  return duckdb;
}

}  // namespace calve::cli
