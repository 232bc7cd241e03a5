#include "calve/iceberg/table_metadata_check.h"

#include <string>
#include <string_view>
#include <unordered_set>

#include <fmt/format.h>

namespace calve::iceberg {
namespace {

constexpr std::chrono::minutes kClockSkewMax{1};

std::unexpected<Error> wrong(std::string_view what, std::string_view pointer) {
  return fail(ErrorKind::kInvalidData, fmt::format("{}, at {}", what, pointer));
}

// The ids of a list, each of them once.
template <class Element>
using Ids = std::unordered_set<decltype(Element::id)>;

template <class Element>
Result<Ids<Element>> unique_ids(const std::vector<Element>& elements, std::string_view list) {
  Ids<Element> ids;
  ids.reserve(elements.size());
  for (std::size_t i = 0; i < elements.size(); ++i) {
    if (!ids.insert(elements[i].id).second) {
      return wrong(fmt::format("The id {} is used twice", elements[i].id), fmt::format("/{}/{}", list, i));
    }
  }
  return ids;
}

Result<void> check_schemas(const TableMetadata& metadata) {
  const auto ids = CALVE_TRY(unique_ids(metadata.schemas, "schemas"));
  if (!ids.contains(metadata.current_schema_id)) {
    return wrong(fmt::format("There is no schema {}", metadata.current_schema_id), "/current-schema-id");
  }
  for (const auto& schema : metadata.schemas) {
    const FieldId highest = highest_field_id(schema);
    if (highest > metadata.last_column_id) {
      return wrong(
          fmt::format("Schema {} has a field {}, above {}", schema.id, highest, metadata.last_column_id),
          "/last-column-id");
    }
  }
  return {};
}

Result<void> check_snapshots(const TableMetadata& metadata) {
  const auto ids = CALVE_TRY(unique_ids(metadata.snapshots, "snapshots"));
  for (std::size_t i = 0; i < metadata.snapshots.size(); ++i) {
    const auto sequence_number = metadata.snapshots[i].sequence_number;
    if (sequence_number < SequenceNumber(0)) {
      return wrong(fmt::format("A sequence number must not be negative, this is {}", sequence_number),
                   fmt::format("/snapshots/{}/sequence-number", i));
    }
    if (sequence_number > metadata.last_sequence_number) {
      return wrong(fmt::format("The sequence number {} is above the table's last one, {}", sequence_number,
                               metadata.last_sequence_number),
                   fmt::format("/snapshots/{}/sequence-number", i));
    }
  }
  if (metadata.current_snapshot_id && !ids.contains(*metadata.current_snapshot_id)) {
    return wrong(fmt::format("There is no snapshot {}", *metadata.current_snapshot_id),
                 "/current-snapshot-id");
  }
  for (const auto& [name, ref] : metadata.refs) {
    if (!ids.contains(ref.snapshot_id)) {
      return wrong(fmt::format("There is no snapshot {}", ref.snapshot_id), "/refs/" + name);
    }
    if (name != kMainBranch) continue;
    if (ref.kind != RefKind::kBranch) return wrong("main must be a branch", "/refs/main");
    if (metadata.current_snapshot_id != ref.snapshot_id) {
      return wrong(fmt::format("main leads to {}, the current snapshot is another", ref.snapshot_id),
                   "/refs/main");
    }
  }
  return {};
}

template <class Entry>
Result<void> check_log(const std::vector<Entry>& log, Timestamp last_updated, std::string_view list) {
  for (std::size_t i = 1; i < log.size(); ++i) {
    if (log[i].timestamp < log[i - 1].timestamp - kClockSkewMax) {
      return wrong("A log must be in order of time", fmt::format("/{}/{}", list, i));
    }
  }
  if (!log.empty() && last_updated < log.back().timestamp - kClockSkewMax) {
    return wrong(fmt::format("The last update is before the last entry of {}", list), "/last-updated-ms");
  }
  return {};
}

}  // namespace

Result<void> check_table_metadata(const TableMetadata& metadata) {
  CALVE_TRY(check_schemas(metadata));
  if (!CALVE_TRY(unique_ids(metadata.partition_specs, "partition-specs"))
           .contains(metadata.default_spec_id)) {
    return wrong(fmt::format("There is no partition spec {}", metadata.default_spec_id), "/default-spec-id");
  }
  if (!CALVE_TRY(unique_ids(metadata.sort_orders, "sort-orders")).contains(metadata.default_sort_order_id)) {
    return wrong(fmt::format("There is no sort order {}", metadata.default_sort_order_id),
                 "/default-sort-order-id");
  }
  CALVE_TRY(check_snapshots(metadata));
  CALVE_TRY(check_log(metadata.snapshot_log, metadata.last_updated, "snapshot-log"));
  return check_log(metadata.metadata_log, metadata.last_updated, "metadata-log");
}

}  // namespace calve::iceberg
