// One version of a table: what a metadata file holds. Iceberg spec: "Table Metadata",
// "Appendix C: JSON serialization".
//
// Values; nothing here reads a clock, a store or a random source.

#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "calve/base/ids.h"
#include "calve/base/result.h"
#include "calve/base/time.h"
#include "calve/base/uuid.h"
#include "calve/iceberg/partition_spec.h"
#include "calve/iceberg/schema.h"
#include "calve/iceberg/snapshot.h"
#include "calve/iceberg/sort_order.h"

namespace calve::iceberg {

struct SnapshotLogEntry {
  Timestamp timestamp;  // milliseconds
  SnapshotId snapshot_id;

  bool operator==(const SnapshotLogEntry&) const = default;
};

struct MetadataLogEntry {
  Timestamp timestamp;  // milliseconds
  std::string metadata_file;

  bool operator==(const MetadataLogEntry&) const = default;
};

struct TableMetadata {
  int format_version = 2;          // 1 or 2 are read; 2 is written, and a v1 table stays v1
  std::optional<Uuid> table_uuid;  // always there from version 2 on
  std::string location;
  SequenceNumber last_sequence_number;
  Timestamp last_updated;  // milliseconds
  FieldId last_column_id;

  std::vector<Schema> schemas;
  SchemaId current_schema_id;
  std::vector<PartitionSpec> partition_specs;
  SpecId default_spec_id;
  FieldId last_partition_id;  // highest partition field id ever assigned; 999 if none
  std::vector<SortOrder> sort_orders;
  SortOrderId default_sort_order_id;

  std::map<std::string, std::string> properties;
  std::optional<SnapshotId> current_snapshot_id;  // the head of main
  std::vector<Snapshot> snapshots;
  std::vector<SnapshotLogEntry> snapshot_log;
  std::vector<MetadataLogEntry> metadata_log;
  std::map<std::string, SnapshotRef> refs;

  // Statistics, encryption keys, a later specification's: they survive a rewrite.
  UnknownMembers unknown_members;

  bool operator==(const TableMetadata&) const = default;
};

// The id must be there: parse_table_metadata and table_update's apply hold that for the current and
// default ids.
const Schema& current_schema(const TableMetadata& metadata);
const PartitionSpec& default_spec(const TableMetadata& metadata);
const SortOrder& default_sort_order(const TableMetadata& metadata);

// Nullptr if there is none (an expired snapshot, an empty table).
const Schema* find_schema(const TableMetadata& metadata, SchemaId id);
const PartitionSpec* find_spec(const TableMetadata& metadata, SpecId id);
const Snapshot* find_snapshot(const TableMetadata& metadata, SnapshotId id);
const Snapshot* current_snapshot(const TableMetadata& metadata);

// Whether `ancestor` is `descendant` or reachable from it by parent ids. An expired snapshot in
// between ends the walk: false then means "not known to be".
bool is_ancestor(const TableMetadata& metadata, SnapshotId ancestor, SnapshotId descendant);

// kInvalidData with the JSON pointer of what is wrong; kUnsupported for format version 3 and later,
// naming it. `text` is plain JSON: the caller has undone gzip.
Result<TableMetadata> parse_table_metadata(std::string_view text);
std::string serialize_table_metadata(const TableMetadata& metadata);

// A first version of a table. Field ids of the schema are taken as they are.
struct NewTable {
  Uuid uuid;
  std::string location;
  Schema schema;
  PartitionSpec spec;
  SortOrder sort_order;
  std::map<std::string, std::string> properties;
  Timestamp created_at;
};
TableMetadata make_table_metadata(const NewTable& table);

}  // namespace calve::iceberg
