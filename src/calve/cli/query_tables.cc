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
  std::filesystem::path beside = program.parent_path().parent_path() / "lib" / "duckdb";
  if (std::filesystem::exists(beside / "libduckdb.so", ignored)) return beside;
  return CALVE_DUCKDB_DEFAULT;
}

// How S3 is reached for one table: as configured, but where its catalog says otherwise.
struct S3Reach {
  std::string endpoint;  // empty: AWS
  std::string region;
  bool path_style = false;
  AwsCredentials credentials;
};

Result<S3Reach> s3_reach(const config::S3Settings& configured, const catalog::Properties& told) {
  S3Reach reach{
      .endpoint = configured.endpoint, .region = configured.region, .path_style = configured.path_style};
  const auto tell = [&told](const char* name, std::string& value) {
    if (const auto found = told.find(name); found != told.end()) value = found->second;
  };
  tell("s3.endpoint", reach.endpoint);
  tell("s3.region", reach.region);
  tell("client.region", reach.region);
  if (reach.endpoint != configured.endpoint) reach.path_style = !config::is_aws_endpoint(reach.endpoint);
  if (const auto found = told.find("s3.path-style-access"); found != told.end()) {
    reach.path_style = found->second == "true";
  }
  if (!told.contains("s3.access-key-id")) {
    reach.credentials = CALVE_TRY(config::s3_credentials(configured)->get());
    return reach;
  }
  std::string secret;
  std::string session_token;
  tell("s3.access-key-id", reach.credentials.access_key_id);
  tell("s3.secret-access-key", secret);
  tell("s3.session-token", session_token);
  reach.credentials.secret_access_key = Secret(secret);
  reach.credentials.session_token = Secret(session_token);
  return reach;
}

// A secret for the paths of one table.
Result<void> give_s3_access(const S3Reach& s3, const std::string& table_location, DuckDb& duckdb) {
  std::string secret = fmt::format(
      "CREATE SECRET {} (TYPE s3, SCOPE {}, KEY_ID {}, SECRET {}, REGION {}, URL_STYLE '{}'",
      sql_quote_name(table_location), sql_quote(table_location + "/"),
      sql_quote(s3.credentials.access_key_id), sql_quote(s3.credentials.secret_access_key.reveal()),
      sql_quote(s3.region), s3.path_style ? "path" : "vhost");
  if (!s3.credentials.session_token.empty()) {
    secret += fmt::format(", SESSION_TOKEN {}", sql_quote(s3.credentials.session_token.reveal()));
  }
  if (!s3.endpoint.empty()) {
    const std::size_t scheme_end = s3.endpoint.find("://");
    const std::size_t host = scheme_end == std::string::npos ? 0 : scheme_end + 3;
    secret += fmt::format(", ENDPOINT {}, USE_SSL {}", sql_quote(s3.endpoint.substr(host)),
                          s3.endpoint.starts_with("http:") ? "false" : "true");
  }
  // DuckDB's own words could repeat the statement, secrets and all.
  if (!duckdb.execute(secret + ")")) {
    return fail(ErrorKind::kConfig,
                "DuckDB refuses the S3 settings; check AWS_ENDPOINT_URL and the credentials");
  }
  return {};
}

struct WantedView {
  catalog::TableIdentifier table;
  const char* short_name;
  const char* columns;  // of the view by its short name
};

constexpr const char* kPayloadAsText =
    "* REPLACE (coalesce(TRY(decode(payload)), payload::VARCHAR) AS payload)";

Result<void> make_view(const config::Settings& settings, const config::Warehouse& warehouse,
                       const WantedView& wanted, DuckDb& duckdb) {
  const catalog::TableIdentifier& table = wanted.table;
  const auto loaded = warehouse.catalog->load(table);
  if (!loaded && loaded.error().kind == ErrorKind::kNotFound) {
    return fail(ErrorKind::kNotFound, fmt::format("{}. `calve run` makes it", loaded.error().message));
  }
  if (!loaded) return std::unexpected(loaded.error());
  const std::string& location = loaded->metadata.location;
  if (CALVE_TRY(storage::parse_location(location)).scheme == storage::Scheme::kS3) {
    const auto access = CALVE_TRY(warehouse.catalog->storage_access(location));
    CALVE_TRY(give_s3_access(CALVE_TRY(s3_reach(settings.s3, access.properties)), location, duckdb));
  }
  const std::string scan = fmt::format("FROM iceberg_scan({})", sql_quote(loaded->metadata_location));
  const std::string schema = sql_quote_name(fmt::to_string(fmt::join(table.namespace_levels, ".")));
  CALVE_TRY(duckdb.execute(fmt::format("CREATE SCHEMA IF NOT EXISTS {}", schema)));
  CALVE_TRY(duckdb.execute(
      fmt::format("CREATE VIEW {}.{} AS SELECT * {}", schema, sql_quote_name(table.name), scan)));
  return duckdb.execute(fmt::format("CREATE OR REPLACE VIEW {} AS SELECT {} {}",
                                    sql_quote_name(wanted.short_name), wanted.columns, scan));
}

}  // namespace

Result<DuckDb> open_tables(const Invocation& invocation) {
  const config::Settings& settings = invocation.settings;
  const config::Warehouse warehouse = CALVE_TRY(config::open_warehouse(settings, invocation.stop));
  DuckDb duckdb = CALVE_TRY(DuckDb::open(duckdb_folder(settings)));
  CALVE_TRY(make_view(settings, warehouse, {settings.iceberg.orders, "orders", "*"}, duckdb));
  CALVE_TRY(make_view(settings, warehouse, {settings.iceberg.rejects, "rejects", kPayloadAsText}, duckdb));
  return duckdb;
}

}  // namespace calve::cli
