#include "calve/catalog/rest_protocol.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "calve/base/percent_encode.h"
#include "calve/iceberg/json_reader.h"
#include "calve/iceberg/json_writer.h"
#include "calve/iceberg/partition_spec_json.h"
#include "calve/iceberg/schema_json.h"
#include "calve/iceberg/sort_order_json.h"

namespace calve::catalog {
namespace {

using iceberg::JsonDocument;
using iceberg::JsonNode;
using iceberg::JsonWriter;

// What a server sends is quoted up to here.
constexpr std::size_t kQuotedBytesMax = 300;

constexpr std::array<std::pair<RestRoute, std::string_view>, 5> kRoutes = {{
    {RestRoute::kCreateNamespace, "POST /v1/{prefix}/namespaces"},
    {RestRoute::kCreateTable, "POST /v1/{prefix}/namespaces/{namespace}/tables"},
    {RestRoute::kLoadTable, "GET /v1/{prefix}/namespaces/{namespace}/tables/{table}"},
    {RestRoute::kCommitTable, "POST /v1/{prefix}/namespaces/{namespace}/tables/{table}"},
    {RestRoute::kRegisterTable, "POST /v1/{prefix}/namespaces/{namespace}/register"},
}};

std::string without_outer_slashes(std::string_view text) {
  while (text.starts_with('/'))
    text.remove_prefix(1);
  while (text.ends_with('/'))
    text.remove_suffix(1);
  return std::string(text);
}

std::string join_levels(const RestConfig& config, const std::vector<std::string>& levels) {
  std::string joined;
  for (const std::string& level : levels) {
    if (!joined.empty()) joined += config.namespace_separator;
    joined += percent_encode(level);
  }
  return joined;
}

std::string namespace_path(const RestConfig& config, const std::vector<std::string>& levels) {
  return fmt::format("{}/{}", namespaces_path(config), join_levels(config, levels));
}

Result<std::set<RestRoute>> parse_routes(const JsonNode& root) {
  std::set<RestRoute> routes;
  const auto endpoints = CALVE_TRY(root.find("endpoints"));
  // A catalog from before there was such a list serves all of these.
  if (!endpoints) {
    for (const auto& [route, text] : kRoutes)
      routes.insert(route);
    return routes;
  }
  const auto served =
      CALVE_TRY(endpoints->list([](const JsonNode& endpoint) { return endpoint.as<std::string>(); }));
  for (const auto& [route, text] : kRoutes) {
    if (std::ranges::find(served, text) != served.end()) routes.insert(route);
  }
  return routes;
}

Result<Properties> find_properties(const JsonNode& node, std::string_view name) {
  const auto found = CALVE_TRY(node.find(name));
  if (!found) return Properties{};
  return found->string_map();
}

Result<LentCredentials> parse_lent(const JsonNode& node) {
  LentCredentials lent;
  lent.prefix = CALVE_TRY(node.required<std::string>("prefix"));
  lent.properties = CALVE_TRY(find_properties(node, "config"));
  return lent;
}

// "NoSuchTableException: Table does not exist: a.b", without line breaks and control characters.
std::string words_of(const storage::HttpResponse& response) {
  std::string words = fmt::format("HTTP {}", response.status);
  const auto document = JsonDocument::parse(response.body);
  if (!document) return words;
  const JsonNode root = document->root();
  const auto error = root.find("error");
  if (!error || !*error) return words;
  for (const std::string_view name : {"type", "message"}) {
    const auto text = (*error)->optional<std::string>(name);
    if (text && *text) words += fmt::format(" {}", (*text)->substr(0, kQuotedBytesMax));
  }
  std::ranges::replace_if(words, [](unsigned char c) { return c < 0x20 || c == 0x7f; }, ' ');
  return words;
}

std::pair<ErrorKind, std::string_view> meaning_of(int status) {
  switch (status) {
    case 401:
    case 403:
    case 419:
      return {ErrorKind::kAccessDenied,
              "the catalog denies access; check its credentials and what they are allowed"};
    case 404:
      return {ErrorKind::kNotFound, "the catalog knows no such thing"};
    case 405:
    case 406:
    case 501:
      return {ErrorKind::kUnsupported, "the catalog does not do this; use another one"};
    case 409:
      return {ErrorKind::kFenced, "another was first"};
    case 429:
    case 503:
      return {ErrorKind::kUnavailable, "the catalog cannot serve this now, and has not; try again later"};
    case 408:
      return {ErrorKind::kUnknownOutcome, "the catalog gave up on the request, and may have served it"};
    default:
      break;
  }
  if (status >= 500) return {ErrorKind::kUnknownOutcome, "the catalog failed, and may have done it"};
  if (status / 100 == 3) {
    return {ErrorKind::kConfig, "the catalog is elsewhere; set ICEBERG_CATALOG_URI to its own address"};
  }
  return {ErrorKind::kConfig, "the catalog refuses the request"};
}

}  // namespace

std::string_view route_text(RestRoute route) {
  return kRoutes[static_cast<std::size_t>(route)].second;
}

Result<RestConfig> parse_rest_config(std::string_view json) {
  const JsonDocument document = CALVE_TRY(JsonDocument::parse(json));
  const JsonNode root = document.root();
  RestConfig config;
  config.routes = CALVE_TRY(parse_routes(root));
  config.takes_idempotency_keys =
      CALVE_TRY(root.optional<std::string>("idempotency-key-lifetime")).has_value();
  config.defaults = CALVE_TRY(find_properties(root, "defaults"));
  config.overrides = CALVE_TRY(find_properties(root, "overrides"));
  for (const Properties* layer : {&config.defaults, &config.overrides}) {
    if (const auto prefix = layer->find("prefix"); prefix != layer->end()) {
      config.prefix = without_outer_slashes(prefix->second);
    }
    if (const auto separator = layer->find("namespace-separator"); separator != layer->end()) {
      config.namespace_separator = separator->second;
    }
  }
  return config;
}

std::string namespaces_path(const RestConfig& config) {
  return config.prefix.empty() ? "v1/namespaces" : fmt::format("v1/{}/namespaces", config.prefix);
}

std::string tables_path(const RestConfig& config, const std::vector<std::string>& namespace_levels) {
  return namespace_path(config, namespace_levels) + "/tables";
}

std::string table_path(const RestConfig& config, const TableIdentifier& table) {
  return fmt::format("{}/{}", tables_path(config, table.namespace_levels), percent_encode(table.name));
}

std::string register_path(const RestConfig& config, const std::vector<std::string>& namespace_levels) {
  return namespace_path(config, namespace_levels) + "/register";
}

std::string create_namespace_json(const std::vector<std::string>& levels) {
  JsonWriter json;
  json.begin_object();
  json.array("namespace", levels, [&](const std::string& level) { json.value(level); });
  json.key("properties");
  json.begin_object();
  json.end_object();
  json.end_object();
  return json.take();
}

std::string first_change_json(const iceberg::NewTable& first) {
  JsonWriter json;
  const auto action = [&json](std::string_view name, auto write_members) {
    json.begin_object();
    json.member("action", std::string(name));
    write_members();
    json.end_object();
  };
  constexpr std::int32_t kLastAdded = -1;
  json.begin_object();
  json.key("requirements");
  json.begin_array();
  json.begin_object();
  json.member("type", "assert-create");
  json.end_object();
  json.end_array();
  json.key("updates");
  json.begin_array();
  action("assign-uuid", [&] { json.member("uuid", first.uuid); });
  action("upgrade-format-version", [&] { json.member("format-version", std::int32_t{2}); });
  action("add-schema", [&] {
    json.key("schema");
    iceberg::write_schema(json, first.schema);
  });
  action("set-current-schema", [&] { json.member("schema-id", kLastAdded); });
  action("add-spec", [&] {
    json.key("spec");
    iceberg::write_partition_spec(json, first.spec);
  });
  action("set-default-spec", [&] { json.member("spec-id", kLastAdded); });
  action("add-sort-order", [&] {
    json.key("sort-order");
    iceberg::write_sort_order(json, first.sort_order);
  });
  action("set-default-sort-order", [&] { json.member("sort-order-id", kLastAdded); });
  action("set-location", [&] { json.member("location", first.location); });
  action("set-properties", [&] {
    json.key("updates");
    json.begin_object();
    json.string_members(first.properties);
    json.end_object();
  });
  json.end_array();
  json.end_object();
  return json.take();
}

std::string create_table_json(const std::string& name, const iceberg::NewTable& first, Staging staging) {
  Properties properties = first.properties;
  properties.try_emplace("format-version", "2");
  JsonWriter json;
  json.begin_object();
  json.member("name", name);
  if (!first.location.empty()) json.member("location", first.location);
  json.key("schema");
  iceberg::write_schema(json, first.schema);
  json.key("partition-spec");
  iceberg::write_partition_spec(json, first.spec);
  json.key("write-order");
  iceberg::write_sort_order(json, first.sort_order);
  json.member("stage-create", staging == Staging::kStaged);
  json.key("properties");
  json.begin_object();
  json.string_members(properties);
  json.end_object();
  json.end_object();
  return json.take();
}

std::string register_table_json(const std::string& name, const std::string& metadata_location) {
  JsonWriter json;
  json.begin_object();
  json.member("name", name);
  json.member("metadata-location", metadata_location);
  json.end_object();
  return json.take();
}

Result<RestTable> parse_rest_table(std::string_view json) {
  const JsonDocument document = CALVE_TRY(JsonDocument::parse(json));
  const JsonNode root = document.root();
  const JsonNode metadata = CALVE_TRY(root.member("metadata"));
  RestTable result;
  result.table.metadata = CALVE_TRY(iceberg::parse_table_metadata(metadata.text()));
  result.table.metadata_location = CALVE_TRY(root.optional<std::string>("metadata-location")).value_or("");
  result.table.version = result.table.metadata_location;
  result.config = CALVE_TRY(find_properties(root, "config"));
  if (const auto lent = CALVE_TRY(root.find("storage-credentials"))) {
    result.lent = CALVE_TRY(lent->list(parse_lent));
  }
  return result;
}

Error rest_error(const storage::HttpResponse& response, std::string_view what) {
  const auto [kind, phrase] = meaning_of(response.status);
  return {kind, fmt::format("{}: {}: {}", phrase, words_of(response), what)};
}

iceberg::TableChange assert_base(iceberg::TableChange change, const iceberg::TableMetadata& base) {
  const auto asks = [&]<class Requirement>(auto matches) {
    return std::ranges::any_of(change.requirements, [&](const iceberg::TableRequirement& requirement) {
      const auto* found = std::get_if<Requirement>(&requirement);
      return found != nullptr && matches(*found);
    });
  };
  const bool asks_uuid = asks.template operator()<iceberg::AssertTableUuid>([](const auto&) { return true; });
  const bool asks_head = asks.template operator()<iceberg::AssertRefSnapshotId>(
      [](const auto& requirement) { return requirement.ref == iceberg::kMainBranch; });
  if (!asks_uuid && base.table_uuid) {
    change.requirements.emplace_back(iceberg::AssertTableUuid{*base.table_uuid});
  }
  if (!asks_head) {
    change.requirements.emplace_back(
        iceberg::AssertRefSnapshotId{iceberg::kMainBranch, base.current_snapshot_id});
  }
  return change;
}

}  // namespace calve::catalog
