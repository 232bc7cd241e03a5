#include "calve/catalog/table_change_reader.h"

#include <fmt/format.h>

#include "calve/iceberg/json_reader.h"
#include "calve/iceberg/partition_spec_json.h"
#include "calve/iceberg/schema_json.h"
#include "calve/iceberg/snapshot_json.h"
#include "calve/iceberg/sort_order_json.h"

namespace calve::catalog {
namespace {

using namespace iceberg;

Result<TableRequirement> read_requirement(const JsonNode& node) {
  const auto type = CALVE_TRY(node.required<std::string>("type"));
  if (type == "assert-create") return AssertCreate{};
  if (type == "assert-table-uuid") return AssertTableUuid{CALVE_TRY(node.required<Uuid>("uuid"))};
  if (type == "assert-ref-snapshot-id") {
    auto ref = CALVE_TRY(node.required<std::string>("ref"));
    const auto id = CALVE_TRY(node.optional<SnapshotId>("snapshot-id"));
    return AssertRefSnapshotId{std::move(ref), id};
  }
  if (type == "assert-current-schema-id") {
    return AssertCurrentSchemaId{CALVE_TRY(node.required<SchemaId>("current-schema-id"))};
  }
  if (type == "assert-last-assigned-field-id") {
    return AssertLastAssignedFieldId{CALVE_TRY(node.required<FieldId>("last-assigned-field-id"))};
  }
  if (type == "assert-default-spec-id") {
    return AssertDefaultSpecId{CALVE_TRY(node.required<SpecId>("default-spec-id"))};
  }
  return node.wrong("no such requirement: " + type);
}

Result<TableUpdate> read_update(const JsonNode& node) {
  const auto action = CALVE_TRY(node.required<std::string>("action"));
  if (action == "add-schema") {
    const JsonNode schema = CALVE_TRY(node.member("schema"));
    return AddSchema{CALVE_TRY(parse_schema(schema))};
  }
  if (action == "set-current-schema") {
    return SetCurrentSchema{CALVE_TRY(node.required<SchemaId>("schema-id"))};
  }
  if (action == "add-snapshot") {
    const JsonNode snapshot = CALVE_TRY(node.member("snapshot"));
    return AddSnapshot{CALVE_TRY(parse_snapshot(snapshot))};
  }
  if (action == "set-snapshot-ref") {
    auto name = CALVE_TRY(node.required<std::string>("ref-name"));
    auto ref = CALVE_TRY(parse_snapshot_ref(node));
    return SetSnapshotRef{std::move(name), std::move(ref)};
  }
  if (action == "remove-snapshots") {
    const JsonNode ids = CALVE_TRY(node.member("snapshot-ids"));
    return RemoveSnapshots{CALVE_TRY(ids.list([](const JsonNode& id) { return id.as<SnapshotId>(); }))};
  }
  if (action == "set-properties") {
    const JsonNode updates = CALVE_TRY(node.member("updates"));
    return SetProperties{CALVE_TRY(updates.string_map())};
  }
  if (action == "remove-properties") {
    const JsonNode removals = CALVE_TRY(node.member("removals"));
    return RemoveProperties{
        CALVE_TRY(removals.list([](const JsonNode& name) { return name.as<std::string>(); }))};
  }
  return node.wrong("no such update: " + action);
}

}  // namespace

Result<TableChange> read_table_change(std::string_view json) {
  const JsonDocument document = CALVE_TRY(JsonDocument::parse(json));
  const JsonNode root = document.root();
  const JsonNode requirements = CALVE_TRY(root.member("requirements"));
  const JsonNode updates = CALVE_TRY(root.member("updates"));
  TableChange change;
  change.requirements = CALVE_TRY(requirements.list(read_requirement));
  change.updates = CALVE_TRY(updates.list(read_update));
  return change;
}

Result<CreateTableRequest> read_create_table(std::string_view json) {
  const JsonDocument document = CALVE_TRY(JsonDocument::parse(json));
  const JsonNode root = document.root();
  CreateTableRequest request;
  request.name = CALVE_TRY(root.required<std::string>("name"));
  request.table.location = CALVE_TRY(root.optional<std::string>("location")).value_or("");
  const JsonNode schema = CALVE_TRY(root.member("schema"));
  request.table.schema = CALVE_TRY(parse_schema(schema));
  const JsonNode spec = CALVE_TRY(root.member("partition-spec"));
  request.table.spec = CALVE_TRY(parse_partition_spec(spec));
  const JsonNode order = CALVE_TRY(root.member("write-order"));
  request.table.sort_order = CALVE_TRY(parse_sort_order(order));
  const JsonNode properties = CALVE_TRY(root.member("properties"));
  request.table.properties = CALVE_TRY(properties.string_map());
  return request;
}

}  // namespace calve::catalog
