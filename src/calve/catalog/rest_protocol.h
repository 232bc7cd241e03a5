// The Iceberg REST protocol as values: where requests go, what they carry, what comes back. No I/O.
//
//   GET  {uri}/v1/config?warehouse={warehouse}
//   POST {uri}/v1/{prefix}/namespaces                                     makes a namespace
//   POST {uri}/v1/{prefix}/namespaces/{namespace}/tables                  makes a table
//   GET  {uri}/v1/{prefix}/namespaces/{namespace}/tables/{table}          loads it
//   POST {uri}/v1/{prefix}/namespaces/{namespace}/tables/{table}          commits to it
//   POST {uri}/v1/{prefix}/namespaces/{namespace}/register                takes over a metadata file
//
// Iceberg: open-api/rest-catalog-open-api.yaml.

#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "calve/base/result.h"
#include "calve/catalog/catalog.h"
#include "calve/catalog/table_identifier.h"
#include "calve/iceberg/table_metadata.h"
#include "calve/iceberg/table_update.h"
#include "calve/storage/http.h"

namespace calve::catalog {

// The routes that Calve uses. A catalog says which it serves.
enum class RestRoute { kCreateNamespace, kCreateTable, kLoadTable, kCommitTable, kRegisterTable };

// As the specification and /v1/config write it: "POST /v1/{prefix}/namespaces".
std::string_view route_text(RestRoute route);

// What the catalog answers to GET /v1/config.
struct RestConfig {
  std::string prefix;                       // encoded, without slashes at its ends; often empty
  std::string namespace_separator = "%1F";  // encoded
  std::set<RestRoute> routes;
  // A request with an Idempotency-Key that arrives twice is served once.
  bool takes_idempotency_keys = false;
  Properties defaults;   // of clients that set nothing of their own
  Properties overrides;  // whatever clients set

  bool operator==(const RestConfig&) const = default;
};
// kInvalidData if the answer is not of the protocol: something else is at that address.
Result<RestConfig> parse_rest_config(std::string_view json);

// Below the catalog's address, encoded, without a slash at the beginning.
std::string namespaces_path(const RestConfig& config);
std::string tables_path(const RestConfig& config, const std::vector<std::string>& namespace_levels);
std::string table_path(const RestConfig& config, const TableIdentifier& table);
std::string register_path(const RestConfig& config, const std::vector<std::string>& namespace_levels);

std::string create_namespace_json(const std::vector<std::string>& levels);
enum class Staging {
  kNone,    // the table is there afterwards
  kStaged,  // it is only told where it would lie; a commit of first_change_json() makes it
};
std::string create_table_json(const std::string& name, const iceberg::NewTable& first, Staging staging);
// Requires that there is no such table; the location is not empty.
std::string first_change_json(const iceberg::NewTable& first);
std::string register_table_json(const std::string& name, const std::string& metadata_location);

// Keys for the files below a location.
struct LentCredentials {
  std::string prefix;
  Properties properties;  // "s3.access-key-id", "s3.secret-access-key", "s3.session-token", ...

  bool operator==(const LentCredentials&) const = default;
};

// LoadTableResult and CommitTableResponse.
struct RestTable {
  LoadedTable table;
  Properties config;  // of the table's files; those of `lent` go before it
  std::vector<LentCredentials> lent;
};
Result<RestTable> parse_rest_table(std::string_view json);

// What an answer other than 2xx means to the sender of a request that may change something:
//   kAccessDenied    401, 403, 419
//   kNotFound        404
//   kFenced          409: somebody else was first, or it is there already
//   kUnavailable     429, 503: it did not happen
//   kUnknownOutcome  408, 500, 502, 504 and every other 5xx
//   kUnsupported     405, 406, 501
//   kConfig          any other, redirects included
// `what` is the request, for the message; the catalog's own words are quoted, bounded.
Error rest_error(const storage::HttpResponse& response, std::string_view what);

// The change, asking besides what it asks for itself that the table and the head of main be those of
// `base`: a catalog compares nothing else.
iceberg::TableChange assert_base(iceberg::TableChange change, const iceberg::TableMetadata& base);

}  // namespace calve::catalog
