#include "calve/commit/expired_files.h"

#include <algorithm>
#include <map>
#include <unordered_map>
#include <unordered_set>

#include "calve/commit/append.h"
#include "calve/iceberg/manifest.h"

namespace calve::commit {
namespace {

using iceberg::ManifestEntry;
using iceberg::ManifestFile;
using iceberg::SequenceNumber;
using iceberg::Snapshot;
using iceberg::TableMetadata;

using SnapshotIds = std::unordered_set<SnapshotId>;
using Manifests = std::map<std::string, ManifestFile>;  // by path

bool holds_all_of_its_parent(const Snapshot& snapshot) {
  return snapshot.parent_id && snapshot.summary.contains(kPipelineKey) &&
         !snapshot.summary.contains(kManifestsReplacedKey);
}

Result<void> read_list(storage::ObjectStore& store, const Snapshot& snapshot, Manifests& into) {
  for (ManifestFile& manifest :
       CALVE_TRY(iceberg::read_manifest_list(CALVE_TRY(store.read(snapshot.manifest_list))))) {
    std::string path = manifest.manifest_path;
    into.insert_or_assign(std::move(path), std::move(manifest));
  }
  return {};
}

// Live entries only: deleted files were live in a manifest of an earlier snapshot.
template <class Visitor>
Result<void> for_each_file(storage::ObjectStore& store, const ManifestFile& file, Visitor&& visit) {
  auto manifest = CALVE_TRY(iceberg::read_manifest(CALVE_TRY(store.read(file.manifest_path))));
  iceberg::inherit(manifest.entries, file);
  for (const ManifestEntry& entry : manifest.entries) {
    if (entry.status != iceberg::EntryStatus::kDeleted) visit(entry);
  }
  return {};
}

// A table as it is left by the snapshots that go.
struct Parting {
  SnapshotIds gone;
  SnapshotIds staying;
  std::vector<const Snapshot*> going;
  std::vector<const Snapshot*> oldest_staying;  // of each branch
};

Parting part(const TableMetadata& table, const std::vector<SnapshotId>& expired) {
  Parting parting{.gone = {expired.begin(), expired.end()}};
  for (const Snapshot& snapshot : table.snapshots) {
    if (parting.gone.contains(snapshot.id)) {
      parting.going.push_back(&snapshot);
    } else {
      parting.staying.insert(snapshot.id);
    }
  }
  for (const Snapshot& snapshot : table.snapshots) {
    const bool has_parent = snapshot.parent_id && parting.staying.contains(*snapshot.parent_id);
    if (parting.staying.contains(snapshot.id) && !has_parent) parting.oldest_staying.push_back(&snapshot);
  }
  return parting;
}

// Whether what goes is one line of appends that what stays goes on from: then no file was taken out.
bool are_appends(const Parting& parting) {
  if (parting.oldest_staying.size() != 1) return false;
  std::unordered_map<SnapshotId, const Snapshot*> going;
  for (const Snapshot* snapshot : parting.going)
    going.emplace(snapshot->id, snapshot);
  std::size_t met = 0;
  const Snapshot* at = parting.oldest_staying.front();
  while (at->operation == iceberg::Operation::kAppend && at->parent_id) {
    const auto parent = going.find(*at->parent_id);
    if (parent == going.end() || ++met > going.size()) break;
    at = parent->second;
  }
  return met == going.size();
}

Result<Manifests> find_manifests(storage::ObjectStore& store, const TableMetadata& table,
                                 const Parting& parting) {
  SnapshotIds held_by_a_child;
  for (const Snapshot& snapshot : table.snapshots) {
    if (holds_all_of_its_parent(snapshot)) held_by_a_child.insert(*snapshot.parent_id);
  }
  Manifests manifests;
  for (const Snapshot* snapshot : parting.going) {
    if (!held_by_a_child.contains(snapshot->id)) CALVE_TRY(read_list(store, *snapshot, manifests));
  }
  std::erase_if(manifests,
                [&](const auto& entry) { return parting.staying.contains(entry.second.added_snapshot_id); });
  return manifests;
}

// Data and delete files of the manifests that go, without those that `staying` ones hold.
Result<std::vector<std::string>> find_data_files(storage::ObjectStore& store, const Manifests& going,
                                                 const Manifests& staying, const SnapshotIds& snapshots) {
  std::unordered_set<std::string> files;
  SequenceNumber lowest(std::numeric_limits<std::int64_t>::max());
  SequenceNumber highest(0);
  for (const auto& [path, manifest] : going) {
    CALVE_TRY(for_each_file(store, manifest, [&](const ManifestEntry& entry) {
      if (snapshots.contains(*entry.snapshot_id)) return;  // the one that added it stays, and holds it
      const SequenceNumber number = entry.sequence_number.value_or(SequenceNumber(0));
      lowest = std::min(lowest, number);
      highest = std::max(highest, number);
      files.insert(entry.data_file.file_path);
    }));
  }
  for (const auto& [path, manifest] : staying) {
    if (files.empty()) break;
    if (manifest.min_sequence_number > highest || manifest.sequence_number < lowest) continue;
    CALVE_TRY(for_each_file(store, manifest,
                            [&](const ManifestEntry& entry) { files.erase(entry.data_file.file_path); }));
  }
  return std::vector<std::string>(files.begin(), files.end());
}

}  // namespace

std::vector<const Snapshot*> oldest_snapshots(const TableMetadata& table) {
  return part(table, {}).oldest_staying;
}

Result<ExpiredFiles> find_expired_files(storage::ObjectStore& store, const TableMetadata& table,
                                        const std::vector<SnapshotId>& expired) {
  const Parting parting = part(table, expired);
  Manifests manifests = CALVE_TRY(find_manifests(store, table, parting));
  ExpiredFiles files;
  if (!manifests.empty()) {
    Manifests staying;
    for (const Snapshot* snapshot : parting.oldest_staying)
      CALVE_TRY(read_list(store, *snapshot, staying));
    std::erase_if(manifests, [&](const auto& entry) { return staying.contains(entry.first); });
    if (!are_appends(parting)) {
      files.data_files = CALVE_TRY(find_data_files(store, manifests, staying, parting.staying));
    }
  }
  for (const auto& [path, manifest] : manifests)
    files.manifests.push_back(path);
  for (const Snapshot* snapshot : parting.going)
    files.manifest_lists.push_back(snapshot->manifest_list);

  const std::string folder = table.location + "/";
  for (auto* paths : {&files.manifest_lists, &files.manifests, &files.data_files}) {
    std::erase_if(*paths, [&](const std::string& path) { return !path.starts_with(folder); });
    std::ranges::sort(*paths);
  }
  return files;
}

}  // namespace calve::commit
