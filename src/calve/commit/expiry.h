// Which snapshots a table has outlived. Pure; what the answer costs to carry out is in expired_files.h.
//
// Iceberg's own properties say how much history is kept, and refs keep what they lead to:
//   history.expire.max-snapshot-age-ms     older snapshots go ..
//   history.expire.min-snapshots-to-keep   .. but the newest so many of each branch stay
//   gc.enabled                             "false": nothing is ever expired
// and one of ours that Calve may do it by itself, along with a commit:
//   calve.expire.enabled                   "true" in tables that Calve makes; absent: it may not

#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "calve/base/ids.h"
#include "calve/base/time.h"
#include "calve/iceberg/table_metadata.h"

namespace calve::commit {

// Expiry rides on a commit as soon as this many snapshots have outlived their time ..
inline constexpr std::size_t kExpiryBatchMin = 16;
// .. and takes no more than these, the oldest, so that a table with a long past is caught up with in steps.
inline constexpr std::size_t kExpiryBatchMax = 1'000;

enum class Expiring { kOnRequest, kByItself };

struct ExpiryPolicy {
  Expiring expiring = Expiring::kOnRequest;
  Milliseconds max_snapshot_age{5 * 24 * 3'600'000};  // Iceberg's default
  std::int64_t min_snapshots_to_keep = 1;             // Iceberg's default
  // How long after their snapshot files are still there, for those who were reading it.
  Milliseconds file_grace{3'600'000};  // calve.expire.file-grace-ms

  bool operator==(const ExpiryPolicy&) const = default;
};
ExpiryPolicy expiry_policy(const iceberg::TableMetadata& table);

// What a table that Calve makes is given. At a commit a second a snapshot's kilobyte of metadata is written
// again with each commit, so its history is short: ten minutes, but at least 100 snapshots. Readers have
// another hour before the files go.
std::map<std::string, std::string> upkeep_properties();

// The snapshots that no branch, tag or age keeps, oldest first, at most kExpiryBatchMax. Never the current
// one. None at all while some pipeline's position rests on ledgers, after a rollback.
std::vector<SnapshotId> expired_snapshots(const iceberg::TableMetadata& table, const ExpiryPolicy& policy,
                                          Timestamp now);

}  // namespace calve::commit
