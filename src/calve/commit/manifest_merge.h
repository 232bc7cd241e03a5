// Keeping the number of manifests bounded: which of a snapshot's manifests to merge into one, and the one
// that they make. Pure.
//
// Manifests are merged by tier, as a log-structured merge tree merges its runs: a tier is a range of file
// counts, kTierGrowth wide, and min_count_to_merge manifests of one tier become one of a higher tier. So a
// file's entry is rewritten once per tier and not once per merge, at most a handful of times in the life of a
// table, and the list holds less than min_count_to_merge manifests per tier besides the full ones.
// Iceberg: MergeAppend, whose properties these are.

#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "calve/base/result.h"
#include "calve/iceberg/manifest.h"
#include "calve/iceberg/table_metadata.h"

namespace calve::commit {

inline constexpr std::int64_t kTierGrowth = 10;  // files in a manifest, from tier to tier
// However the table's properties are set, one commit merges no more than this.
inline constexpr std::int64_t kMergedManifestsMax = 256;
inline constexpr std::int64_t kMergedBytesMax = std::int64_t{64} << 20;

enum class Merging { kOff, kOn };

struct MergePolicy {
  Merging merging = Merging::kOn;                     // commit.manifest-merge.enabled
  std::int64_t min_count_to_merge = 100;              // commit.manifest.min-count-to-merge
  std::int64_t target_bytes = std::int64_t{8} << 20;  // commit.manifest.target-size-bytes

  bool operator==(const MergePolicy&) const = default;
};
MergePolicy merge_policy(const iceberg::TableMetadata& table);

// The manifests of `list`, newest first as every writer keeps it, that this commit should merge: the oldest
// of the lowest tier that has enough of them, of one partition spec, holding data, together at most as large
// as the target. Those above half the target are full and never chosen, nor are encrypted ones. Empty if no
// tier has enough.
std::vector<iceberg::ManifestFile> choose_merge(const std::vector<iceberg::ManifestFile>& list,
                                                const MergePolicy& policy);

struct MergeInput {
  iceberg::ManifestFile file;  // as the list has it
  iceberg::Manifest manifest;  // as it was read
};
// The live entries of the inputs, each as an existing one with the snapshot and the sequence numbers that it
// was added with. Entries of deleted files have told their story in the snapshot that deleted them.
// kInternal if the inputs' partition spec is none of the table's.
Result<iceberg::Manifest> merge_manifests(const iceberg::TableMetadata& table,
                                          std::vector<MergeInput> inputs);

}  // namespace calve::commit
