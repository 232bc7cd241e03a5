// table_update.h's to_json. Iceberg REST specification: TableRequirement, TableUpdate.

#include <nlohmann/json.hpp>

#include "calve/iceberg/json_writer.h"
#include "calve/iceberg/partition_spec_json.h"
#include "calve/iceberg/schema_json.h"
#include "calve/iceberg/snapshot_json.h"
#include "calve/iceberg/sort_order_json.h"
#include "calve/iceberg/table_update.h"

namespace calve::iceberg {
namespace {

struct RequirementWriter {
  JsonWriter& json;

  void operator()(const AssertCreate&) const { json.member("type", "assert-create"); }
  void operator()(const AssertTableUuid& requirement) const {
    json.member("type", "assert-table-uuid");
    json.member("uuid", requirement.uuid);
  }
  void operator()(const AssertRefSnapshotId& requirement) const {
    json.member("type", "assert-ref-snapshot-id");
    json.member("ref", requirement.ref);
    json.key("snapshot-id");
    if (requirement.snapshot_id) {
      json.value(*requirement.snapshot_id);
    } else {
      json.raw("null");
    }
  }
  void operator()(const AssertCurrentSchemaId& requirement) const {
    json.member("type", "assert-current-schema-id");
    json.member("current-schema-id", requirement.id);
  }
  void operator()(const AssertLastAssignedFieldId& requirement) const {
    json.member("type", "assert-last-assigned-field-id");
    json.member("last-assigned-field-id", requirement.id);
  }
  void operator()(const AssertDefaultSpecId& requirement) const {
    json.member("type", "assert-default-spec-id");
    json.member("default-spec-id", requirement.id);
  }
};

struct UpdateWriter {
  JsonWriter& json;

  void operator()(const AddSchema& update) const {
    json.member("action", "add-schema");
    json.key("schema");
    write_schema(json, update.schema);
  }
  void operator()(const SetCurrentSchema& update) const {
    json.member("action", "set-current-schema");
    json.member("schema-id", update.id);
  }
  void operator()(const AddPartitionSpec& update) const {
    json.member("action", "add-spec");
    json.key("spec");
    write_partition_spec(json, update.spec);
  }
  void operator()(const SetDefaultSpec& update) const {
    json.member("action", "set-default-spec");
    json.member("spec-id", update.id);
  }
  void operator()(const AddSortOrder& update) const {
    json.member("action", "add-sort-order");
    json.key("sort-order");
    write_sort_order(json, update.order);
  }
  void operator()(const SetDefaultSortOrder& update) const {
    json.member("action", "set-default-sort-order");
    json.member("sort-order-id", update.id);
  }
  void operator()(const AddSnapshot& update) const {
    json.member("action", "add-snapshot");
    json.key("snapshot");
    write_snapshot(json, update.snapshot);
  }
  void operator()(const SetSnapshotRef& update) const {
    json.member("action", "set-snapshot-ref");
    json.member("ref-name", update.name);
    write_snapshot_ref_members(json, update.ref);
  }
  void operator()(const RemoveSnapshots& update) const {
    json.member("action", "remove-snapshots");
    json.array("snapshot-ids", update.ids, [this](SnapshotId id) { json.value(id); });
  }
  void operator()(const SetProperties& update) const {
    json.member("action", "set-properties");
    json.key("updates");
    json.begin_object();
    json.string_members(update.updates);
    json.end_object();
  }
  void operator()(const RemoveProperties& update) const {
    json.member("action", "remove-properties");
    json.array("removals", update.removals, [this](const std::string& name) { json.value(name); });
  }
};

template <class Writer>
auto object_writer(JsonWriter& json) {
  return [&json](const auto& element) {
    json.begin_object();
    std::visit(Writer{json}, element);
    json.end_object();
  };
}

}  // namespace

nlohmann::json to_json(const TableChange& change) {
  JsonWriter json;
  json.begin_object();
  json.array("requirements", change.requirements, object_writer<RequirementWriter>(json));
  json.array("updates", change.updates, object_writer<UpdateWriter>(json));
  json.end_object();
  return nlohmann::json::parse(json.take());
}

}  // namespace calve::iceberg
