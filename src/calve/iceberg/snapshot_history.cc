#include "calve/iceberg/snapshot_history.h"

#include <algorithm>
#include <array>

#include "calve/iceberg/json_reader.h"
#include "calve/iceberg/json_writer.h"

namespace calve::iceberg {
namespace {

using SnapshotIds = std::unordered_set<SnapshotId>;

// Statistics files belong to a snapshot. We carry their lists as JSON, and drop the entries of
// snapshots that go.
void drop_statistics(UnknownMembers& members, const SnapshotIds& gone) {
  static constexpr std::array kLists = {"statistics", "partition-statistics"};
  for (const auto* name : kLists) {
    const auto member = members.find(name);
    if (member == members.end() || member->second == "[]") continue;
    const auto document = JsonDocument::parse(member->second);
    if (!document) continue;
    JsonWriter kept;
    kept.begin_array();
    const auto visited = document->root().list([&](const JsonNode& entry) -> Result<bool> {
      const auto id = CALVE_TRY(entry.required<SnapshotId>("snapshot-id"));
      if (!gone.contains(id)) kept.raw(entry.text());
      return true;
    });
    kept.end_array();
    // A list that is not as we know it is not ours to change.
    if (visited) member->second = kept.take();
  }
}

}  // namespace

void SnapshotHistory::add(const Snapshot& snapshot) {
  table_.snapshots.push_back(snapshot);
  table_.snapshots.back().timestamp = std::chrono::floor<Milliseconds>(snapshot.timestamp);
  added_.insert(snapshot.id);
}

void SnapshotHistory::set_ref(const std::string& name, const SnapshotRef& ref, Timestamp now) {
  const auto existing = table_.refs.find(name);
  if (existing != table_.refs.end() && existing->second == ref) return;
  table_.refs.insert_or_assign(name, ref);
  if (name != kMainBranch || table_.current_snapshot_id == ref.snapshot_id) return;

  table_.current_snapshot_id = ref.snapshot_id;
  Timestamp since = now;
  if (added_.contains(ref.snapshot_id)) {
    led_main_.insert(ref.snapshot_id);
    since = find_snapshot(table_, ref.snapshot_id)->timestamp;
  }
  if (!table_.snapshot_log.empty()) since = std::max(since, table_.snapshot_log.back().timestamp);
  table_.snapshot_log.push_back({.timestamp = since, .snapshot_id = ref.snapshot_id});
}

void SnapshotHistory::remove(const std::vector<SnapshotId>& ids) {
  const SnapshotIds gone(ids.begin(), ids.end());
  std::erase_if(table_.snapshots, [&](const Snapshot& snapshot) { return gone.contains(snapshot.id); });
  std::erase_if(table_.refs, [&](const auto& ref) { return gone.contains(ref.second.snapshot_id); });
  if (table_.current_snapshot_id && gone.contains(*table_.current_snapshot_id)) {
    table_.current_snapshot_id.reset();
    table_.snapshot_log.clear();
  }
  drop_statistics(table_.unknown_members, gone);
  removed_ = true;
}

void SnapshotHistory::finish() {
  if (table_.current_snapshot_id) led_main_.erase(*table_.current_snapshot_id);
  if (led_main_.empty() && !removed_) return;

  SnapshotIds present;
  present.reserve(table_.snapshots.size());
  for (const auto& snapshot : table_.snapshots)
    present.insert(snapshot.id);
  std::vector<SnapshotLogEntry> log;
  log.reserve(table_.snapshot_log.size());
  for (const auto& entry : table_.snapshot_log) {
    if (!present.contains(entry.snapshot_id)) {
      if (removed_) log.clear();
    } else if (!led_main_.contains(entry.snapshot_id)) {
      log.push_back(entry);
    }
  }
  table_.snapshot_log = std::move(log);
}

}  // namespace calve::iceberg
