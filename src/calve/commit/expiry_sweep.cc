#include "calve/commit/expiry_sweep.h"

#include <algorithm>
#include <set>
#include <utility>

#include "calve/base/log.h"
#include "calve/commit/expiry.h"
#include "calve/iceberg/manifest.h"

namespace calve::commit {
namespace {

bool has_any(const iceberg::TableMetadata& table, const std::vector<SnapshotId>& snapshots) {
  return std::ranges::any_of(snapshots,
                             [&](SnapshotId id) { return iceberg::find_snapshot(table, id) != nullptr; });
}

Result<bool> refers_to_any(storage::ObjectStore& store, const iceberg::TableMetadata& table,
                           const std::vector<std::string>& manifests) {
  if (manifests.empty()) return false;
  const std::set<std::string> paths(manifests.begin(), manifests.end());
  // A manifest that a snapshot took over from an expired one is in the oldest that is left of its branch.
  for (const iceberg::Snapshot* snapshot : oldest_snapshots(table)) {
    for (const auto& manifest :
         CALVE_TRY(iceberg::read_manifest_list(CALVE_TRY(store.read(snapshot->manifest_list))))) {
      if (paths.contains(manifest.manifest_path)) return true;
    }
  }
  return false;
}

std::deque<std::string> all_of(const ExpiredFiles& files) {
  std::deque<std::string> paths(files.data_files.begin(), files.data_files.end());
  paths.insert(paths.end(), files.manifests.begin(), files.manifests.end());
  paths.insert(paths.end(), files.manifest_lists.begin(), files.manifest_lists.end());
  return paths;
}

}  // namespace

// Fills files_ with what of the journal is to be deleted.
Result<void> ExpirySweep::take_up(const std::string& path, const Load& load) {
  const auto text = store_.read(path);
  if (!text && text.error().kind == ErrorKind::kNotFound) {
    files_.emplace();  // another process was faster
    return {};
  }
  if (!text) return std::unexpected(text.error());
  const ExpiryJournal journal = CALVE_TRY(parse_expiry_journal(*text, path));
  const iceberg::TableMetadata* table = CALVE_TRY(load());
  if (has_any(*table, journal.snapshots)) {
    files_.emplace();
  } else if (CALVE_TRY(refers_to_any(store_, *table, journal.files.manifests))) {
    log::warn("files of expired snapshots are left, the table was rolled back to them: {}", path);
    files_.emplace();
  } else {
    files_ = all_of(journal.files);
  }
  return {};
}

Result<ExpirySweep::Step> ExpirySweep::step(const iceberg::TableMetadata& known, Timestamp now,
                                            const Load& load) {
  if (!is_listed_) {
    auto paths = CALVE_TRY(list_expiry_journals(store_, known.location));
    waiting_.assign(std::make_move_iterator(paths.begin()), std::make_move_iterator(paths.end()));
    is_listed_ = true;
  }
  if (waiting_.empty()) return Step::kIdle;
  const std::string path = waiting_.front();
  if (now - *expired_at(path) < expiry_policy(known).file_grace) return Step::kIdle;
  if (!files_) {
    const auto taken_up = take_up(path, load);
    if (!taken_up && taken_up.error().kind == ErrorKind::kInvalidData) waiting_.pop_front();
    if (!taken_up) return std::unexpected(taken_up.error());
  }
  for (std::size_t count = 0; count < kFilesPerStepMax && !files_->empty(); ++count) {
    CALVE_TRY(store_.remove(files_->front()));
    files_->pop_front();
  }
  if (!files_->empty()) return Step::kDeleted;
  CALVE_TRY(store_.remove(path));
  files_.reset();
  waiting_.pop_front();
  return Step::kDeleted;
}

}  // namespace calve::commit
