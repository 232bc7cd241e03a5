#include "calve/commit/append.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include <fmt/format.h>

namespace calve::commit {
namespace {

using iceberg::DataFile;
using iceberg::ManifestFile;
using iceberg::SequenceNumber;
using iceberg::Snapshot;
using iceberg::TableMetadata;

std::string text_of(std::optional<Offset> offset) {
  return offset ? fmt::format("{}", *offset) : "none";
}

// What the head of the table says of itself; nothing if it does not say it in a number.
std::optional<std::int64_t> total_before(const TableMetadata& table, const char* key) {
  const Snapshot* current = iceberg::current_snapshot(table);
  if (current == nullptr) return 0;
  const auto found = current->summary.find(key);
  if (found == current->summary.end()) return std::nullopt;
  const std::string& text = found->second;
  std::int64_t total = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), total);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return total;
}

// The metrics that Iceberg's writers keep in a summary. Spec: "Appendix F: Snapshot summary". As theirs do,
// leaves out a total that the head does not have: it would be wrong for ever after.
Summary summarize_files(const TableMetadata& table, const std::vector<DataFile>& files) {
  std::int64_t records = 0;
  std::int64_t bytes = 0;
  std::set<iceberg::PartitionTuple> partitions;
  for (const DataFile& file : files) {
    records += file.record_count;
    bytes += file.file_size_in_bytes;
    partitions.insert(file.partition);
  }
  const auto count = static_cast<std::int64_t>(files.size());
  Summary summary = {{"changed-partition-count", std::to_string(partitions.size())}};
  for (const auto& [key, added] : {std::pair<const char*, std::int64_t>{"total-data-files", count},
                                   {"total-records", records},
                                   {"total-files-size", bytes},
                                   {"total-delete-files", 0},
                                   {"total-position-deletes", 0},
                                   {"total-equality-deletes", 0}}) {
    if (const auto before = total_before(table, key)) summary[key] = std::to_string(*before + added);
  }
  if (count > 0) {
    summary["added-data-files"] = std::to_string(count);
    summary["added-records"] = std::to_string(records);
    summary["added-files-size"] = std::to_string(bytes);
  }
  return summary;
}

// A snapshot may not be older than its parent, whatever the clock says.
Timestamp snapshot_time(const TableMetadata& table, Timestamp now) {
  return std::chrono::floor<Milliseconds>(std::max(now, table.last_updated));
}

}  // namespace

Result<void> check_continues(const TableMetadata& table, const Append& append) {
  const std::string& pipeline = append.ledger.pipeline;
  const SequenceNumber fence = CALVE_TRY(read_fence(table, pipeline));
  SequenceNumber opened_at = append.files.opened_at;
  for (const JoinedEpoch& joined : append.joined)
    opened_at = std::min(opened_at, joined.opened_at);
  if (opened_at < fence) {
    return fail(
        ErrorKind::kFenced,
        fmt::format("Another process cleaned up after this one, and fenced it off: the epoch was opened at "
                    "sequence number {}, the fence is {}",
                    opened_at, fence));
  }
  const Position position = CALVE_TRY(read_position(table, pipeline));
  for (const LedgerRange& range : append.ledger.ranges) {
    const auto recorded = next_offset(position, range.partition);
    const bool continues = append.begun.contains(range.partition) ? !recorded : recorded == range.from;
    if (!continues) {
      return fail(
          ErrorKind::kFenced,
          fmt::format("Another writer moved the table on: partition {} was read from offset {}, the table "
                      "goes on from {}",
                      range.partition, range.from, text_of(recorded)));
    }
  }
  return {};
}

Result<std::vector<BuiltManifest>> build_manifests(const TableMetadata& table, const Append& append) {
  std::map<iceberg::SpecId, std::vector<iceberg::ManifestEntry>> entries_by_spec;
  for (const DataFile& file : append.data_files) {
    entries_by_spec[file.spec_id].push_back(
        {.status = iceberg::EntryStatus::kAdded, .snapshot_id = append.files.snapshot_id, .data_file = file});
  }
  std::vector<BuiltManifest> built;
  for (auto& [spec_id, entries] : entries_by_spec) {
    const iceberg::PartitionSpec* spec = iceberg::find_spec(table, spec_id);
    if (spec == nullptr || !built.empty()) {
      return fail(ErrorKind::kInternal,
                  fmt::format("An epoch's files must share one partition spec of the table; "
                              "found spec {}",
                              spec_id));
    }
    BuiltManifest manifest{.path = manifest_path(append.files, append.epoch),
                           .manifest = {.schema = iceberg::current_schema(table),
                                        .spec = *spec,
                                        .format_version = table.format_version,
                                        .entries = std::move(entries)}};
    manifest.bytes = CALVE_TRY(iceberg::write_manifest(manifest.manifest, kManifestCodec));
    built.push_back(std::move(manifest));
  }
  return built;
}

Result<BuiltSnapshot> build_snapshot(const SnapshotInputs& inputs) {
  const TableMetadata& table = inputs.table;
  const Append& append = inputs.append;
  const SnapshotId id = append.files.snapshot_id;
  const SequenceNumber sequence_number = table.last_sequence_number.plus(1);

  const auto enter = [&](const BuiltManifest& manifest) {
    return iceberg::summarize(manifest.manifest, manifest.path,
                              static_cast<std::int64_t>(manifest.bytes.size()), id, sequence_number);
  };

  BuiltSnapshot built{.list_path = manifest_list_path(append.files, append.epoch, inputs.attempt)};
  for (const BuiltManifest& added : inputs.added)
    built.manifests.push_back(CALVE_TRY(enter(added)));
  bool is_merged_entered = inputs.merged == nullptr;
  for (const ManifestFile& carried : inputs.carried) {
    if (inputs.merged == nullptr || !inputs.merged->replaced.contains(carried.manifest_path)) {
      built.manifests.push_back(carried);
    } else if (!std::exchange(is_merged_entered, true)) {
      // Where the newest of those stood that it replaces: lists are kept newest first.
      built.manifests.push_back(CALVE_TRY(enter(inputs.merged->built)));
    }
  }
  built.list_bytes = CALVE_TRY(iceberg::write_manifest_list({.format_version = table.format_version,
                                                             .snapshot_id = id,
                                                             .parent_snapshot_id = table.current_snapshot_id,
                                                             .sequence_number = sequence_number},
                                                            built.manifests, kManifestCodec));

  Snapshot snapshot{.id = id,
                    .parent_id = table.current_snapshot_id,
                    .sequence_number = sequence_number,
                    .timestamp = snapshot_time(table, inputs.now),
                    .operation = iceberg::Operation::kAppend,
                    .summary = summarize_files(table, append.data_files),
                    .manifest_list = built.list_path,
                    .schema_id = table.current_schema_id};
  write_ledger(append.ledger, snapshot.summary);
  if (inputs.merged != nullptr) {
    const std::size_t replaced = inputs.merged->replaced.size();
    snapshot.summary["manifests-created"] = std::to_string(inputs.added.size() + 1);
    snapshot.summary["manifests-kept"] = std::to_string(inputs.carried.size() - replaced);
    snapshot.summary[kManifestsReplacedKey] = std::to_string(replaced);
  }

  const std::string& pipeline = append.ledger.pipeline;
  const Position position = advance(CALVE_TRY(read_position(table, pipeline)), append.ledger);
  if (table.table_uuid) built.change.requirements.push_back(iceberg::AssertTableUuid{*table.table_uuid});
  built.change.requirements.push_back(
      iceberg::AssertRefSnapshotId{iceberg::kMainBranch, table.current_snapshot_id});
  iceberg::SetProperties properties{
      {{position_property_name(pipeline), position_property(position, id, sequence_number)}}};
  if (append.fence) properties.updates[fence_property_name(pipeline)] = fmt::format("{}", *append.fence);
  built.change.updates = {
      iceberg::AddSnapshot{std::move(snapshot)},
      iceberg::SetSnapshotRef{iceberg::kMainBranch, {.snapshot_id = id, .kind = iceberg::RefKind::kBranch}},
      std::move(properties)};
  if (!inputs.expired.empty())
    built.change.updates.push_back(iceberg::RemoveSnapshots{{inputs.expired.begin(), inputs.expired.end()}});
  return built;
}

}  // namespace calve::commit
