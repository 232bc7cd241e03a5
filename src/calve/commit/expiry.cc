#include "calve/commit/expiry.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "calve/commit/position.h"
#include "calve/iceberg/table_property.h"

namespace calve::commit {
namespace {

using iceberg::Otherwise;
using iceberg::RefKind;
using iceberg::Snapshot;
using iceberg::SnapshotRef;
using iceberg::TableMetadata;

constexpr const char* kMaxAgeKey = "history.expire.max-snapshot-age-ms";
constexpr const char* kMinKeptKey = "history.expire.min-snapshots-to-keep";
constexpr const char* kGraceKey = "calve.expire.file-grace-ms";
constexpr const char* kByItselfKey = "calve.expire.enabled";
constexpr const char* kCollectableKey = "gc.enabled";

using SnapshotsById = std::unordered_map<SnapshotId, const Snapshot*>;

// Keeps a branch's newest snapshots, and those that are young.
void keep_branch(const SnapshotRef& branch, const SnapshotsById& snapshots, const ExpiryPolicy& policy,
                 Timestamp now, std::unordered_set<SnapshotId>& kept) {
  const std::int64_t min_kept = branch.min_snapshots_to_keep.value_or(policy.min_snapshots_to_keep);
  const Milliseconds max_age(branch.max_snapshot_age_ms.value_or(policy.max_snapshot_age.count()));
  std::int64_t count = 0;
  auto at = snapshots.find(branch.snapshot_id);
  while (at != snapshots.end()) {
    const Snapshot& snapshot = *at->second;
    if (count >= min_kept && now - snapshot.timestamp > max_age) return;
    kept.insert(snapshot.id);
    if (++count > static_cast<std::int64_t>(snapshots.size()) || !snapshot.parent_id) return;
    at = snapshots.find(*snapshot.parent_id);
  }
}

// Snapshots of no branch are kept while they are young: a rollback left them, and may be undone.
void keep_young_strays(const TableMetadata& table, const SnapshotsById& snapshots, const ExpiryPolicy& policy,
                       Timestamp now, std::unordered_set<SnapshotId>& kept) {
  std::unordered_set<SnapshotId> on_branches;
  for (const auto& [name, ref] : table.refs) {
    auto at = snapshots.find(ref.snapshot_id);
    while (at != snapshots.end() && on_branches.insert(at->first).second && at->second->parent_id)
      at = snapshots.find(*at->second->parent_id);
  }
  for (const Snapshot& snapshot : table.snapshots) {
    const bool is_young = now - snapshot.timestamp <= policy.max_snapshot_age;
    if (is_young && !on_branches.contains(snapshot.id)) kept.insert(snapshot.id);
  }
}

}  // namespace

ExpiryPolicy expiry_policy(const TableMetadata& table) {
  const ExpiryPolicy otherwise;
  const bool may_collect = is_enabled(table, kCollectableKey, Otherwise::kYes);
  const bool is_automatic = may_collect && is_enabled(table, kByItselfKey, Otherwise::kNo);
  const auto at_least = [&](const char* key, std::int64_t least, std::int64_t value) {
    return std::max(least, number_property(table, key, value));
  };
  return {
      .expiring = is_automatic ? Expiring::kByItself : Expiring::kOnRequest,
      .max_snapshot_age = Milliseconds(at_least(kMaxAgeKey, 0, otherwise.max_snapshot_age.count())),
      .min_snapshots_to_keep = at_least(kMinKeptKey, 1, otherwise.min_snapshots_to_keep),
      .file_grace = Milliseconds(at_least(kGraceKey, 0, otherwise.file_grace.count())),
  };
}

std::map<std::string, std::string> upkeep_properties() {
  return {{kByItselfKey, "true"},
          {kMaxAgeKey, "600000"},
          {kMinKeptKey, "100"},
          {"write.metadata.delete-after-commit.enabled", "true"},
          {"write.metadata.previous-versions-max", "100"}};
}

std::vector<SnapshotId> expired_snapshots(const TableMetadata& table, const ExpiryPolicy& policy,
                                          Timestamp now) {
  if (!is_enabled(table, kCollectableKey, Otherwise::kYes) || rests_on_ledgers(table)) return {};
  SnapshotsById snapshots;
  for (const Snapshot& snapshot : table.snapshots)
    snapshots.emplace(snapshot.id, &snapshot);

  std::unordered_set<SnapshotId> kept;
  if (table.current_snapshot_id) kept.insert(*table.current_snapshot_id);
  for (const auto& [name, ref] : table.refs) {
    kept.insert(ref.snapshot_id);
    if (ref.kind == RefKind::kBranch) keep_branch(ref, snapshots, policy, now, kept);
  }
  keep_young_strays(table, snapshots, policy, now, kept);

  std::vector<const Snapshot*> gone;
  for (const Snapshot& snapshot : table.snapshots) {
    if (!kept.contains(snapshot.id)) gone.push_back(&snapshot);
  }
  std::ranges::stable_sort(gone, {}, &Snapshot::sequence_number);
  if (gone.size() > kExpiryBatchMax) gone.resize(kExpiryBatchMax);
  std::vector<SnapshotId> ids;
  ids.reserve(gone.size());
  for (const Snapshot* snapshot : gone)
    ids.push_back(snapshot->id);
  return ids;
}

}  // namespace calve::commit
