#include "calve/iceberg/table_metadata.h"

#include <algorithm>
#include <cassert>
#include <unordered_map>

#include "calve/iceberg/partition_spec_json.h"

namespace calve::iceberg {
namespace {

template <class Element, class Id>
const Element* find_by_id(const std::vector<Element>& elements, Id id) {
  const auto found = std::ranges::find(elements, id, &Element::id);
  return found == elements.end() ? nullptr : &*found;
}

}  // namespace

const Schema& current_schema(const TableMetadata& metadata) {
  const Schema* schema = find_schema(metadata, metadata.current_schema_id);
  assert(schema != nullptr);
  return *schema;
}

const PartitionSpec& default_spec(const TableMetadata& metadata) {
  const PartitionSpec* spec = find_spec(metadata, metadata.default_spec_id);
  assert(spec != nullptr);
  return *spec;
}

const SortOrder& default_sort_order(const TableMetadata& metadata) {
  const SortOrder* order = find_by_id(metadata.sort_orders, metadata.default_sort_order_id);
  assert(order != nullptr);
  return *order;
}

const Schema* find_schema(const TableMetadata& metadata, SchemaId id) {
  return find_by_id(metadata.schemas, id);
}

const PartitionSpec* find_spec(const TableMetadata& metadata, SpecId id) {
  return find_by_id(metadata.partition_specs, id);
}

const Snapshot* find_snapshot(const TableMetadata& metadata, SnapshotId id) {
  return find_by_id(metadata.snapshots, id);
}

const Snapshot* current_snapshot(const TableMetadata& metadata) {
  return metadata.current_snapshot_id ? find_snapshot(metadata, *metadata.current_snapshot_id) : nullptr;
}

bool is_ancestor(const TableMetadata& metadata, SnapshotId ancestor, SnapshotId descendant) {
  std::unordered_map<SnapshotId, std::optional<SnapshotId>> parents;
  parents.reserve(metadata.snapshots.size());
  for (const auto& snapshot : metadata.snapshots)
    parents.emplace(snapshot.id, snapshot.parent_id);

  std::optional<SnapshotId> at = descendant;
  while (at && *at != ancestor) {
    // Taken out, so that parents that form a ring end the walk too.
    const auto entry = parents.extract(*at);
    if (entry.empty()) return false;
    at = entry.mapped();
  }
  return at.has_value();
}

TableMetadata make_table_metadata(const NewTable& table) {
  TableMetadata metadata;
  metadata.table_uuid = table.uuid;
  metadata.location = table.location;
  metadata.last_updated = std::chrono::floor<Milliseconds>(table.created_at);
  metadata.properties = table.properties;

  metadata.schemas = {table.schema};
  metadata.schemas.front().id = SchemaId(0);
  metadata.last_column_id = highest_field_id(table.schema);

  PartitionSpec spec = table.spec;
  spec.id = SpecId(0);
  metadata.last_partition_id = FieldId(kFirstPartitionFieldId.value() - 1);
  for (auto& field : spec.fields) {
    if (field.field_id == FieldId(0)) field.field_id = metadata.last_partition_id.plus(1);
    metadata.last_partition_id = std::max(metadata.last_partition_id, field.field_id);
  }
  metadata.partition_specs = {std::move(spec)};

  SortOrder order = table.sort_order;
  order.id = SortOrderId(order.fields.empty() ? 0 : 1);
  metadata.default_sort_order_id = order.id;
  metadata.sort_orders = {std::move(order)};
  return metadata;
}

}  // namespace calve::iceberg
