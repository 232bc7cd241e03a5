// What becomes garbage when snapshots go: the files that they refer to and no other snapshot does.

#pragma once

#include <string>
#include <vector>

#include "calve/base/ids.h"
#include "calve/base/result.h"
#include "calve/iceberg/table_metadata.h"
#include "calve/storage/object_store.h"

namespace calve::commit {

struct ExpiredFiles {
  std::vector<std::string> manifest_lists;
  std::vector<std::string> manifests;
  std::vector<std::string> data_files;  // and delete files

  bool operator==(const ExpiredFiles&) const = default;
};

// The files of the `expired` snapshots of `table` that none of its other snapshots needs, as far as they lie
// under the table's location: others' files are left.
//
// Reads as little as proves it, so that the cost does not grow with the table:
//   - A snapshot of Calve's that left out no manifest of its parent holds all of them: the parent's own list
//     need not be read.
//   - A manifest is still needed if the snapshot that added it stays, or the oldest snapshot that stays on
//     its branch holds it: no writer takes a manifest back that it had left out.
//   - Data files go only if some snapshot took files out. Where all are appends no manifest is read; else
//     those that go are read, and those that stay as far as their sequence numbers can meet.
// Errors are those of reading. kInvalidData for damaged files: expire nothing then.
Result<ExpiredFiles> find_expired_files(storage::ObjectStore& store, const iceberg::TableMetadata& table,
                                        const std::vector<SnapshotId>& expired);

// Of the snapshots of the table, those that have no parent among them: the oldest of each branch.
std::vector<const iceberg::Snapshot*> oldest_snapshots(const iceberg::TableMetadata& table);

}  // namespace calve::commit
