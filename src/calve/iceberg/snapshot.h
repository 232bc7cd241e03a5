// A snapshot: the table's whole content at one commit. Iceberg spec: "Snapshots", "Snapshot References".

#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "calve/base/ids.h"
#include "calve/base/strong_id.h"
#include "calve/base/time.h"
#include "calve/iceberg/schema.h"

namespace calve::iceberg {

// Grows by one with every commit that adds a snapshot; 0 in tables of format version 1.
using SequenceNumber = StrongId<struct SequenceNumberTag, std::int64_t>;

enum class Operation { kAppend, kReplace, kOverwrite, kDelete };

struct Snapshot {
  SnapshotId id;
  std::optional<SnapshotId> parent_id;  // none: the first of its branch
  SequenceNumber sequence_number;
  Timestamp timestamp;  // stored in milliseconds
  Operation operation = Operation::kAppend;
  // All of the summary but "operation", in the spec's own keys ("added-data-files", "total-records")
  // and ours ("calve.").
  std::map<std::string, std::string> summary;
  std::string manifest_list;  // location; empty only in v1 snapshots that list `manifests`
  std::optional<SchemaId> schema_id;
  UnknownMembers unknown_members;  // a v1 snapshot's `manifests` among them

  bool operator==(const Snapshot&) const = default;
};

enum class RefKind { kBranch, kTag };

struct SnapshotRef {
  SnapshotId snapshot_id;
  RefKind kind = RefKind::kBranch;
  std::optional<std::int32_t> min_snapshots_to_keep;
  std::optional<std::int64_t> max_snapshot_age_ms;
  std::optional<std::int64_t> max_ref_age_ms;
  UnknownMembers unknown_members;

  bool operator==(const SnapshotRef&) const = default;
};

inline constexpr const char* kMainBranch = "main";

}  // namespace calve::iceberg
