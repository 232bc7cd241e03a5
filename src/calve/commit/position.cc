#include "calve/commit/position.h"

#include <algorithm>
#include <charconv>
#include <set>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "calve/commit/values_json.h"

namespace calve::commit {
namespace {

using Json = nlohmann::ordered_json;
using iceberg::SequenceNumber;
using iceberg::Snapshot;
using iceberg::TableMetadata;

constexpr std::string_view kPropertyPrefix = "calve.";
constexpr std::string_view kPositionSuffix = ".position";

struct RecordedPosition {
  Position position;
  SnapshotId snapshot;
  SequenceNumber sequence_number;
};

Result<std::optional<RecordedPosition>> read_property(const TableMetadata& metadata,
                                                      const std::string& pipeline) {
  const std::string name = position_property_name(pipeline);
  const auto property = metadata.properties.find(name);
  if (property == metadata.properties.end()) return std::nullopt;
  try {
    const Json json = Json::parse(property->second);
    RecordedPosition recorded{
        .position = {.source = log_identity_from_json(json.at("source"))},
        .snapshot = SnapshotId(json.at("snapshot-id").get<std::int64_t>()),
        .sequence_number = SequenceNumber(json.at("sequence-number").get<std::int64_t>())};
    for (const auto& [partition, offset] : json.at("next").items()) {
      recorded.position.next[PartitionId(std::stoi(partition))] = Offset(offset.get<std::int64_t>());
    }
    return recorded;
  } catch (const std::exception& error) {
    return fail(ErrorKind::kInvalidData,
                fmt::format("The table property {} cannot be read. Remove it to take the position from the "
                            "snapshots' ledgers: {}",
                            name, error.what()));
  }
}

// How the recorded snapshot lies to the current one.
enum class Standing { kAncestor, kExpired, kRolledBack };

Standing standing_of(const TableMetadata& metadata, const RecordedPosition& recorded) {
  const Snapshot* snapshot = iceberg::current_snapshot(metadata);
  while (snapshot != nullptr) {
    if (snapshot->id == recorded.snapshot) return Standing::kAncestor;
    // Sequence numbers fall along the ancestors: below the recorded one it cannot come any more.
    if (snapshot->sequence_number < recorded.sequence_number) return Standing::kRolledBack;
    if (!snapshot->parent_id) return Standing::kRolledBack;
    snapshot = iceberg::find_snapshot(metadata, *snapshot->parent_id);
    if (snapshot == nullptr) return Standing::kExpired;  // the ancestors above it are all newer
  }
  return Standing::kRolledBack;  // no current snapshot at all
}

// The recorded position as it was at the newest snapshot that both the recorded and the current one descend
// from. Nothing if some of the snapshots that were rolled back are gone.
Result<std::optional<Position>> take_back(const TableMetadata& metadata, const std::string& pipeline,
                                          const RecordedPosition& recorded) {
  std::set<SnapshotId> ancestors;
  const Snapshot* current = iceberg::current_snapshot(metadata);
  while (current != nullptr && ancestors.insert(current->id).second && current->parent_id)
    current = iceberg::find_snapshot(metadata, *current->parent_id);

  Position position = recorded.position;
  const Snapshot* snapshot = iceberg::find_snapshot(metadata, recorded.snapshot);
  while (snapshot != nullptr && !ancestors.contains(snapshot->id)) {
    if (const auto ledger = CALVE_TRY(read_ledger(snapshot->summary, pipeline))) {
      for (const LedgerRange& range : ledger->ranges)
        position.next[range.partition] = range.from;
    }
    if (!snapshot->parent_id) return std::nullopt;
    snapshot = iceberg::find_snapshot(metadata, *snapshot->parent_id);
  }
  if (snapshot == nullptr) return std::nullopt;
  return position;
}

// Whether a walk along the ledgers has met all that it can meet.
bool has_all_partitions(const Position& position, const std::optional<RecordedPosition>& recorded) {
  if (!recorded) return false;
  return std::ranges::all_of(recorded->position.next,
                             [&](const auto& next) { return position.next.contains(next.first); });
}

// From the ledgers of the current snapshot and its ancestors, the newest word on each partition.
Result<Position> walk_ledgers(const TableMetadata& metadata, const std::string& pipeline,
                              const std::optional<RecordedPosition>& recorded) {
  Position position;
  const Snapshot* snapshot = iceberg::current_snapshot(metadata);
  while (snapshot != nullptr && !has_all_partitions(position, recorded)) {
    if (const auto ledger = CALVE_TRY(read_ledger(snapshot->summary, pipeline))) {
      if (!position.source) position.source = ledger->source;
      for (const LedgerRange& range : ledger->ranges)
        position.next.try_emplace(range.partition, range.to);
    }
    if (!snapshot->parent_id) return position;
    snapshot = iceberg::find_snapshot(metadata, *snapshot->parent_id);
    if (snapshot == nullptr) {
      return fail(
          ErrorKind::kInvalidData,
          fmt::format("The table was rolled back, and the snapshots that say how far pipeline '{}' was "
                      "have been expired. Set the property {} to the position to go on from, or start a "
                      "new pipeline name on a new table.",
                      pipeline, position_property_name(pipeline)));
    }
  }
  return position;
}

}  // namespace

std::string position_property_name(const std::string& pipeline) {
  return fmt::format("{}{}{}", kPropertyPrefix, pipeline, kPositionSuffix);
}

std::string position_property(const Position& position, SnapshotId snapshot, SequenceNumber sequence_number) {
  Json json = {{"snapshot-id", snapshot.value()},
               {"sequence-number", sequence_number.value()},
               {"source", to_json(position.source.value_or(batch::LogIdentity{}))},
               {"next", Json::object()}};
  for (const auto& [partition, offset] : position.next) {
    json["next"][std::to_string(partition.value())] = offset.value();
  }
  return json.dump();
}

Result<Position> read_position(const TableMetadata& metadata, const std::string& pipeline) {
  const auto recorded = CALVE_TRY(read_property(metadata, pipeline));
  if (recorded && standing_of(metadata, *recorded) != Standing::kRolledBack) return recorded->position;
  const auto walked = walk_ledgers(metadata, pipeline, recorded);
  if (walked || !recorded) return walked;
  if (auto position = CALVE_TRY(take_back(metadata, pipeline, *recorded))) return std::move(*position);
  return walked;
}

std::vector<std::string> pipelines_of(const TableMetadata& metadata) {
  std::vector<std::string> pipelines;
  for (const auto& [name, value] : metadata.properties) {
    if (!name.starts_with(kPropertyPrefix) || !name.ends_with(kPositionSuffix)) continue;
    if (name.size() <= kPropertyPrefix.size() + kPositionSuffix.size()) continue;
    pipelines.push_back(
        name.substr(kPropertyPrefix.size(), name.size() - kPropertyPrefix.size() - kPositionSuffix.size()));
  }
  std::ranges::sort(pipelines);
  return pipelines;
}

bool rests_on_ledgers(const TableMetadata& metadata) {
  return std::ranges::any_of(pipelines_of(metadata), [&](const std::string& pipeline) {
    const auto recorded = read_property(metadata, pipeline);
    return !recorded || !*recorded || standing_of(metadata, **recorded) == Standing::kRolledBack;
  });
}

std::optional<Offset> next_offset(const Position& position, PartitionId partition) {
  const auto found = position.next.find(partition);
  if (found == position.next.end()) return std::nullopt;
  return found->second;
}

Position advance(Position position, const Ledger& ledger) {
  position.source = ledger.source;
  for (const LedgerRange& range : ledger.ranges)
    position.next[range.partition] = range.to;
  return position;
}

std::string fence_property_name(const std::string& pipeline) {
  return fmt::format("calve.{}.fence", pipeline);
}

Result<SequenceNumber> read_fence(const TableMetadata& metadata, const std::string& pipeline) {
  const std::string name = fence_property_name(pipeline);
  const auto property = metadata.properties.find(name);
  if (property == metadata.properties.end()) return SequenceNumber(0);
  const std::string& text = property->second;
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) {
    return fail(ErrorKind::kInvalidData, fmt::format("The table property {} is no number: '{}'", name, text));
  }
  return SequenceNumber(value);
}

}  // namespace calve::commit
