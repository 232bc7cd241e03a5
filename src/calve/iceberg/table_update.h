// Changes of a table as values: what must hold, and what to do. A REST catalog takes them as JSON; the
// Hadoop and Glue catalogs apply them here and store the result.
// Iceberg REST specification: TableRequirement, TableUpdate.

#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "calve/base/ids.h"
#include "calve/base/result.h"
#include "calve/base/time.h"
#include "calve/base/uuid.h"
#include "calve/iceberg/table_metadata.h"

namespace calve::iceberg {

// --- What must hold of the table that a change is applied to ------------------------------------

struct AssertCreate {  // the table does not exist
  bool operator==(const AssertCreate&) const = default;
};
struct AssertTableUuid {
  Uuid uuid;
  bool operator==(const AssertTableUuid&) const = default;
};
struct AssertRefSnapshotId {
  std::string ref;
  std::optional<SnapshotId> snapshot_id;  // none: the ref does not exist
  bool operator==(const AssertRefSnapshotId&) const = default;
};
struct AssertCurrentSchemaId {
  SchemaId id;
  bool operator==(const AssertCurrentSchemaId&) const = default;
};
struct AssertLastAssignedFieldId {
  FieldId id;
  bool operator==(const AssertLastAssignedFieldId&) const = default;
};
struct AssertDefaultSpecId {
  SpecId id;
  bool operator==(const AssertDefaultSpecId&) const = default;
};

using TableRequirement = std::variant<AssertCreate, AssertTableUuid, AssertRefSnapshotId,
                                      AssertCurrentSchemaId, AssertLastAssignedFieldId, AssertDefaultSpecId>;

// --- What to do, in order -------------------------------------------------------------------------

struct AddSchema {
  Schema schema;
  bool operator==(const AddSchema&) const = default;
};
struct SetCurrentSchema {
  SchemaId id;  // -1: the schema added last
  bool operator==(const SetCurrentSchema&) const = default;
};
struct AddPartitionSpec {
  PartitionSpec spec;
  bool operator==(const AddPartitionSpec&) const = default;
};
struct SetDefaultSpec {
  SpecId id;  // -1: the spec added last
  bool operator==(const SetDefaultSpec&) const = default;
};
struct AddSortOrder {
  SortOrder order;
  bool operator==(const AddSortOrder&) const = default;
};
struct SetDefaultSortOrder {
  SortOrderId id;  // -1: the order added last
  bool operator==(const SetDefaultSortOrder&) const = default;
};
struct AddSnapshot {
  Snapshot snapshot;
  bool operator==(const AddSnapshot&) const = default;
};
struct SetSnapshotRef {
  std::string name;
  SnapshotRef ref;
  bool operator==(const SetSnapshotRef&) const = default;
};
struct RemoveSnapshots {
  std::vector<SnapshotId> ids;
  bool operator==(const RemoveSnapshots&) const = default;
};
struct SetProperties {
  std::map<std::string, std::string> updates;
  bool operator==(const SetProperties&) const = default;
};
struct RemoveProperties {
  std::vector<std::string> removals;
  bool operator==(const RemoveProperties&) const = default;
};

using TableUpdate = std::variant<AddSchema, SetCurrentSchema, AddPartitionSpec, SetDefaultSpec, AddSortOrder,
                                 SetDefaultSortOrder, AddSnapshot, SetSnapshotRef, RemoveSnapshots,
                                 SetProperties, RemoveProperties>;

struct TableChange {
  std::vector<TableRequirement> requirements;
  std::vector<TableUpdate> updates;

  bool operator==(const TableChange&) const = default;
};

// kFenced, naming the requirement and both values, for the first that does not hold.
Result<void> check(const TableMetadata& base, const std::vector<TableRequirement>& requirements);

// The metadata after the updates; `base` itself is unchanged. Holds what the spec asks of every
// version: sequence numbers grow, the snapshot log follows main, last_updated never goes back, ids
// that are referred to exist (else kInvalidData). The metadata log is the catalog's business.
Result<TableMetadata> apply(const TableMetadata& base, const std::vector<TableUpdate>& updates,
                            Timestamp now);

// The REST specification's JSON: {"requirements": [...], "updates": [...]}.
nlohmann::json to_json(const TableChange& change);

}  // namespace calve::iceberg
