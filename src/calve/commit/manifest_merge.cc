#include "calve/commit/manifest_merge.h"

#include <algorithm>
#include <map>
#include <ranges>

#include <fmt/format.h>

#include "calve/iceberg/table_property.h"

namespace calve::commit {
namespace {

using iceberg::EntryStatus;
using iceberg::ManifestContent;
using iceberg::ManifestEntry;
using iceberg::ManifestFile;

int tier_of(const ManifestFile& manifest) {
  int tier = 0;
  std::int64_t files = std::int64_t{manifest.added_files_count} + manifest.existing_files_count;
  for (; files >= kTierGrowth; files /= kTierGrowth)
    ++tier;
  return tier;
}

bool may_be_merged(const ManifestFile& manifest, const MergePolicy& policy) {
  return manifest.content == ManifestContent::kData && !manifest.key_metadata &&
         manifest.manifest_length <= policy.target_bytes / 2;
}

// The first of them, within the limits of one commit.
std::vector<ManifestFile> fill_bin(const std::vector<const ManifestFile*>& candidates,
                                   const MergePolicy& policy) {
  std::vector<ManifestFile> bin;
  std::int64_t bytes = 0;
  for (const ManifestFile* candidate : candidates) {
    bytes += candidate->manifest_length;
    if (bytes > policy.target_bytes || std::ssize(bin) == kMergedManifestsMax) break;
    bin.push_back(*candidate);
  }
  return bin;
}

}  // namespace

MergePolicy merge_policy(const iceberg::TableMetadata& table) {
  const MergePolicy otherwise;
  const std::int64_t count =
      number_property(table, "commit.manifest.min-count-to-merge", otherwise.min_count_to_merge);
  const std::int64_t bytes =
      number_property(table, "commit.manifest.target-size-bytes", otherwise.target_bytes);
  return {.merging = is_enabled(table, "commit.manifest-merge.enabled", iceberg::Otherwise::kYes)
                         ? Merging::kOn
                         : Merging::kOff,
          .min_count_to_merge = std::clamp<std::int64_t>(count, 2, kMergedManifestsMax),
          .target_bytes = std::clamp<std::int64_t>(bytes, 1, kMergedBytesMax)};
}

std::vector<ManifestFile> choose_merge(const std::vector<ManifestFile>& list, const MergePolicy& policy) {
  if (policy.merging == Merging::kOff || std::ssize(list) < policy.min_count_to_merge) return {};
  std::map<std::pair<int, iceberg::SpecId>, std::vector<const ManifestFile*>> candidates;  // oldest first
  for (const ManifestFile& manifest : list | std::views::reverse) {
    if (!may_be_merged(manifest, policy)) continue;
    candidates[{tier_of(manifest), manifest.partition_spec_id}].push_back(&manifest);
  }
  for (const auto& [tier, manifests] : candidates) {
    if (std::ssize(manifests) >= policy.min_count_to_merge) return fill_bin(manifests, policy);
  }
  return {};
}

Result<iceberg::Manifest> merge_manifests(const iceberg::TableMetadata& table,
                                          std::vector<MergeInput> inputs) {
  const iceberg::SpecId spec_id =
      inputs.empty() ? table.default_spec_id : inputs.front().file.partition_spec_id;
  const iceberg::PartitionSpec* spec = iceberg::find_spec(table, spec_id);
  if (spec == nullptr) {
    return fail(
        ErrorKind::kInternal,
        fmt::format("Manifests to merge are of a partition spec that the table does not have: {}", spec_id));
  }
  iceberg::Manifest merged{
      .schema = current_schema(table), .spec = *spec, .format_version = table.format_version};
  for (MergeInput& input : inputs) {
    iceberg::inherit(input.manifest.entries, input.file);
    for (ManifestEntry& entry : input.manifest.entries) {
      if (entry.status == EntryStatus::kDeleted) continue;
      entry.status = EntryStatus::kExisting;
      merged.entries.push_back(std::move(entry));
    }
  }
  return merged;
}

}  // namespace calve::commit
