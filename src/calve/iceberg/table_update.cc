#include "calve/iceberg/table_update.h"

#include <algorithm>
#include <unordered_set>

#include <fmt/format.h>
#include <simdjson.h>

#include "calve/iceberg/partition_spec_json.h"
#include "calve/iceberg/snapshot_history.h"
#include "calve/iceberg/table_metadata_check.h"

namespace calve::iceberg {
namespace {

template <class Message, class... Values>
std::unexpected<Error> refuse(const Message& message, const Values&... values) {
  return fail(ErrorKind::kInvalidData,
              "Cannot change the table: " + fmt::format(fmt::runtime(message), values...));
}

template <class Element>
auto next_id(const std::vector<Element>& elements, decltype(Element::id) first) {
  auto next = first;
  for (const auto& element : elements)
    next = std::max(next, element.id.plus(1));
  return next;
}

// The id that an update names: -1 stands for what the same change added last.
template <class Id>
Result<Id> resolve(Id id, const std::optional<Id>& added, std::string_view what) {
  if (id != Id(-1)) return id;
  if (!added) return refuse("id -1 means the {} added last, but none was added", what);
  return *added;
}

template <class Element>
Result<void> must_have(const std::vector<Element>& elements, decltype(Element::id) id,
                       std::string_view what) {
  if (std::ranges::find(elements, id, &Element::id) != elements.end()) return {};
  return refuse("it has no {} {}", what, id);
}

// JSON has no other strings, and a file that nobody can read must not become the current metadata.
Result<void> must_be_utf8(const std::map<std::string, std::string>& texts) {
  for (const auto& [name, text] : texts) {
    if (!simdjson::validate_utf8(name) || !simdjson::validate_utf8(text)) {
      return refuse("the value of this property is not UTF-8: {}", name);
    }
  }
  return {};
}

class Updater {
 public:
  Updater(const TableMetadata& base, Timestamp now) : table_(base), now_(now), history_(table_) {}

  Result<void> operator()(const AddSchema& update) {
    Schema schema = update.schema;
    for (const auto& existing : table_.schemas) {
      schema.id = existing.id;
      if (schema != existing) continue;
      added_schema_ = existing.id;
      return {};
    }
    schema.id = next_id(table_.schemas, SchemaId(0));
    added_schema_ = schema.id;
    table_.last_column_id = std::max(table_.last_column_id, highest_field_id(schema));
    table_.schemas.push_back(std::move(schema));
    return {};
  }

  Result<void> operator()(const SetCurrentSchema& update) {
    const auto id = CALVE_TRY(resolve(update.id, added_schema_, "schema"));
    CALVE_TRY(must_have(table_.schemas, id, "schema"));
    table_.current_schema_id = id;
    return {};
  }

  Result<void> operator()(const AddPartitionSpec& update) {
    PartitionSpec spec = update.spec;
    CALVE_TRY(bind(spec));
    for (const auto& existing : table_.partition_specs) {
      spec.id = existing.id;
      if (spec != existing) continue;
      added_spec_ = existing.id;
      return {};
    }
    spec.id = next_id(table_.partition_specs, SpecId(0));
    added_spec_ = spec.id;
    for (const auto& field : spec.fields) {
      table_.last_partition_id = std::max(table_.last_partition_id, field.field_id);
    }
    table_.partition_specs.push_back(std::move(spec));
    return {};
  }

  Result<void> operator()(const SetDefaultSpec& update) {
    const auto id = CALVE_TRY(resolve(update.id, added_spec_, "partition spec"));
    CALVE_TRY(must_have(table_.partition_specs, id, "partition spec"));
    table_.default_spec_id = id;
    return {};
  }

  Result<void> operator()(const AddSortOrder& update) {
    SortOrder order = update.order;
    for (const auto& field : order.fields)
      CALVE_TRY(must_have_column(field.source_id));
    for (const auto& existing : table_.sort_orders) {
      order.id = existing.id;
      if (order != existing) continue;
      added_order_ = existing.id;
      return {};
    }
    order.id = order.fields.empty() ? SortOrderId(0) : next_id(table_.sort_orders, SortOrderId(1));
    added_order_ = order.id;
    table_.sort_orders.push_back(std::move(order));
    return {};
  }

  Result<void> operator()(const SetDefaultSortOrder& update) {
    const auto id = CALVE_TRY(resolve(update.id, added_order_, "sort order"));
    CALVE_TRY(must_have(table_.sort_orders, id, "sort order"));
    table_.default_sort_order_id = id;
    return {};
  }

  Result<void> operator()(const AddSnapshot& update) {
    const Snapshot& snapshot = update.snapshot;
    if (find_snapshot(table_, snapshot.id) != nullptr)
      return refuse("it has snapshot {} already", snapshot.id);
    if (snapshot.schema_id) CALVE_TRY(must_have(table_.schemas, *snapshot.schema_id, "schema"));
    CALVE_TRY(must_be_utf8(snapshot.summary));
    if (table_.format_version == 1) {
      if (snapshot.sequence_number != SequenceNumber(0)) {
        return refuse("format version 1 has no sequence numbers, snapshot {} has {}", snapshot.id,
                      snapshot.sequence_number);
      }
    } else if (snapshot.sequence_number <= table_.last_sequence_number) {
      return refuse("the sequence number of snapshot {} must be above {}, it is {}", snapshot.id,
                    table_.last_sequence_number, snapshot.sequence_number);
    }
    table_.last_sequence_number = std::max(table_.last_sequence_number, snapshot.sequence_number);
    history_.add(snapshot);
    return {};
  }

  Result<void> operator()(const SetSnapshotRef& update) {
    CALVE_TRY(must_have(table_.snapshots, update.ref.snapshot_id, "snapshot"));
    if (update.name == kMainBranch && update.ref.kind != RefKind::kBranch)
      return refuse("main must be a branch");
    if (!simdjson::validate_utf8(update.name)) return refuse("the name of a ref is not UTF-8");
    history_.set_ref(update.name, update.ref, now_);
    return {};
  }

  Result<void> operator()(const RemoveSnapshots& update) {
    history_.remove(update.ids);
    return {};
  }

  Result<void> operator()(const SetProperties& update) {
    CALVE_TRY(must_be_utf8(update.updates));
    for (const auto& [name, value] : update.updates)
      table_.properties.insert_or_assign(name, value);
    return {};
  }

  Result<void> operator()(const RemoveProperties& update) {
    for (const auto& name : update.removals)
      table_.properties.erase(name);
    return {};
  }

  Result<TableMetadata> finish() && {
    history_.finish();
    table_.last_updated = std::max(table_.last_updated, now_);
    if (!table_.snapshot_log.empty()) {
      table_.last_updated = std::max(table_.last_updated, table_.snapshot_log.back().timestamp);
    }
    for (const auto& field : default_spec(table_).fields) {
      if (field.transform != Transform(SimpleTransform::kVoid)) CALVE_TRY(must_have_column(field.source_id));
    }
    CALVE_TRY(check_table_metadata(table_));
    return std::move(table_);
  }

 private:
  Result<void> must_have_column(FieldId id) const {
    if (find_field(current_schema(table_), id) != nullptr) return {};
    return refuse("its current schema has no field {}, which is partitioned or sorted by", id);
  }

  // Gives ids to fields that have none: the id that an earlier spec gave the same source and
  // transform (so that their values stay comparable), or the next.
  Result<void> bind(PartitionSpec& spec) const {
    FieldId last = table_.last_partition_id;
    for (const auto& field : spec.fields)
      last = std::max(last, field.field_id);
    std::unordered_set<FieldId> used;
    for (auto& field : spec.fields) {
      CALVE_TRY(must_have_column(field.source_id));
      if (field.field_id == FieldId(0)) field.field_id = earlier_id(field).value_or(last.plus(1));
      last = std::max(last, field.field_id);
      if (!used.insert(field.field_id).second)
        return refuse("the partition field id {} is used twice", field.field_id);
    }
    return {};
  }

  std::optional<FieldId> earlier_id(const PartitionField& wanted) const {
    for (const auto& spec : table_.partition_specs) {
      for (const auto& field : spec.fields) {
        if (field.source_id == wanted.source_id && field.transform == wanted.transform) return field.field_id;
      }
    }
    return std::nullopt;
  }

  TableMetadata table_;
  Timestamp now_;
  SnapshotHistory history_;
  std::optional<SchemaId> added_schema_;
  std::optional<SpecId> added_spec_;
  std::optional<SortOrderId> added_order_;
};

}  // namespace

Result<TableMetadata> apply(const TableMetadata& base, const std::vector<TableUpdate>& updates,
                            Timestamp now) {
  if (updates.empty()) return base;
  Updater updater(base, std::chrono::floor<Milliseconds>(now));
  for (const auto& update : updates) {
    CALVE_TRY(std::visit(updater, update));
  }
  return std::move(updater).finish();
}

}  // namespace calve::iceberg
