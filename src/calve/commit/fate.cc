#include "calve/commit/fate.h"

#include <algorithm>
#include <set>

#include "calve/commit/ledger.h"
#include "calve/iceberg/manifest.h"

namespace calve::commit {

using iceberg::Snapshot;
using iceberg::TableMetadata;

Result<Fate> fate_of(const TableMetadata& table, const EpochFiles& files, const Uuid& epoch,
                     const std::string& pipeline) {
  const Snapshot* snapshot = iceberg::current_snapshot(table);
  while (snapshot != nullptr) {
    if (snapshot->id == files.snapshot_id) return Fate::kCommitted;
    const auto ledger = CALVE_TRY(read_ledger(snapshot->summary, pipeline));
    if (ledger && std::ranges::count(ledger->joined_epochs, epoch) > 0) return Fate::kCommitted;
    // The epoch was opened on a table this old: an ancestor from here on cannot be its snapshot.
    if (snapshot->sequence_number <= files.opened_at || !snapshot->parent_id) return Fate::kNeverCommitted;
    snapshot = iceberg::find_snapshot(table, *snapshot->parent_id);
    if (snapshot == nullptr) return Fate::kUnclear;
  }
  return Fate::kNeverCommitted;
}

Result<bool> is_referenced(storage::ObjectStore& store, const TableMetadata& table, const EpochFiles& files,
                           const Uuid& epoch) {
  const std::vector<std::string> paths = epoch_paths(files, epoch);
  const std::set<std::string> names(paths.begin(), paths.end());
  std::set<std::string> manifests;
  for (const Snapshot& snapshot : table.snapshots) {
    for (const auto& manifest :
         CALVE_TRY(iceberg::read_manifest_list(CALVE_TRY(store.read(snapshot.manifest_list))))) {
      if (names.contains(manifest.manifest_path)) return true;
      manifests.insert(manifest.manifest_path);
    }
  }
  if (files.data_files == 0) return false;
  for (const std::string& path : manifests) {
    const auto content = CALVE_TRY(iceberg::read_manifest(CALVE_TRY(store.read(path))));
    for (const auto& entry : content.entries) {
      if (names.contains(entry.data_file.file_path)) return true;
    }
  }
  return false;
}

}  // namespace calve::commit
