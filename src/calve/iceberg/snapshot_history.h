// The snapshots, refs and snapshot log of a table under change. Iceberg spec: "Snapshots", "Snapshot
// References", "Table Metadata Fields" (snapshot-log); where the specification leaves the log open, as
// Java keeps it.

#pragma once

#include <string>
#include <unordered_set>
#include <vector>

#include "calve/base/time.h"
#include "calve/iceberg/table_metadata.h"

namespace calve::iceberg {

// Changes the metadata that it refers to, which must outlive it. finish() comes last.
class SnapshotHistory {
 public:
  explicit SnapshotHistory(TableMetadata& table) : table_(table) {}

  // The id must be new. Until a ref leads to it the snapshot is there, but of no branch.
  void add(const Snapshot& snapshot);

  // The snapshot must be there. Setting main makes it the current one, logged with the time of the
  // snapshot if this change added it, else (a rollback) with `now`.
  void set_ref(const std::string& name, const SnapshotRef& ref, Timestamp now);

  // Removes also the refs to these snapshots, and their statistics. Ids that are not there are ignored.
  void remove(const std::vector<SnapshotId>& ids);

  // Trims the log: snapshots that were current only in between, within this change, never were for
  // any reader; and nothing is told of the time before a removed snapshot, because reading "as of" a
  // time in the gap would give the wrong one.
  void finish();

 private:
  TableMetadata& table_;
  std::unordered_set<SnapshotId> added_;
  std::unordered_set<SnapshotId> led_main_;  // added by this change, and current at some time in it
  bool removed_ = false;
};

}  // namespace calve::iceberg
