#include "calve/iceberg/snapshot_json.h"

#include <array>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "calve/iceberg/json_reader.h"
#include "calve/iceberg/json_writer.h"

namespace calve::iceberg {
namespace {

constexpr std::array<std::pair<Operation, std::string_view>, 4> kOperations = {{
    {Operation::kAppend, "append"},
    {Operation::kReplace, "replace"},
    {Operation::kOverwrite, "overwrite"},
    {Operation::kDelete, "delete"},
}};

std::string_view operation_name(Operation operation) {
  return kOperations[static_cast<std::size_t>(operation)].second;
}

Result<void> parse_summary(const JsonNode& node, Snapshot& snapshot) {
  snapshot.operation = Operation::kOverwrite;
  snapshot.summary = CALVE_TRY(node.string_map());
  const auto entry = snapshot.summary.extract("operation");
  if (entry.empty()) return {};
  for (const auto& [operation, name] : kOperations) {
    if (entry.mapped() != name) continue;
    snapshot.operation = operation;
    return {};
  }
  return node.wrong(fmt::format("Not an operation of a snapshot: {}", entry.mapped()));
}

}  // namespace

Result<Snapshot> parse_snapshot(const JsonNode& node) {
  Snapshot snapshot;
  snapshot.id = CALVE_TRY(node.required<SnapshotId>("snapshot-id"));
  snapshot.parent_id = CALVE_TRY(node.optional<SnapshotId>("parent-snapshot-id"));
  snapshot.sequence_number =
      CALVE_TRY(node.optional<SequenceNumber>("sequence-number")).value_or(SequenceNumber(0));
  snapshot.timestamp = CALVE_TRY(node.required<Timestamp>("timestamp-ms"));
  snapshot.schema_id = CALVE_TRY(node.optional<SchemaId>("schema-id"));
  snapshot.operation = Operation::kOverwrite;
  if (const auto summary = CALVE_TRY(node.find("summary"))) {
    CALVE_TRY(parse_summary(*summary, snapshot));
  }
  snapshot.unknown_members = node.members_except({"snapshot-id", "parent-snapshot-id", "sequence-number",
                                                  "timestamp-ms", "summary", "manifest-list", "schema-id"});
  // Version 1 may list its manifests in place.
  if (snapshot.unknown_members.contains("manifests")) {
    snapshot.manifest_list = CALVE_TRY(node.optional<std::string>("manifest-list")).value_or("");
  } else {
    snapshot.manifest_list = CALVE_TRY(node.required<std::string>("manifest-list"));
  }
  return snapshot;
}

void write_snapshot(JsonWriter& json, const Snapshot& snapshot) {
  json.begin_object();
  if (snapshot.sequence_number > SequenceNumber(0)) json.member("sequence-number", snapshot.sequence_number);
  json.member("snapshot-id", snapshot.id);
  json.member_if("parent-snapshot-id", snapshot.parent_id);
  json.member("timestamp-ms", snapshot.timestamp);
  json.key("summary");
  json.begin_object();
  json.member("operation", operation_name(snapshot.operation));
  json.string_members(snapshot.summary);
  json.end_object();
  if (!snapshot.manifest_list.empty()) json.member("manifest-list", snapshot.manifest_list);
  json.member_if("schema-id", snapshot.schema_id);
  json.raw_members(snapshot.unknown_members);
  json.end_object();
}

Result<SnapshotRef> parse_snapshot_ref(const JsonNode& node) {
  SnapshotRef ref;
  ref.snapshot_id = CALVE_TRY(node.required<SnapshotId>("snapshot-id"));
  const JsonNode kind = CALVE_TRY(node.member("type"));
  const auto kind_name = CALVE_TRY(kind.as<std::string>());
  if (kind_name != "branch" && kind_name != "tag") return kind.wrong("Expected \"branch\" or \"tag\"");
  ref.kind = kind_name == "tag" ? RefKind::kTag : RefKind::kBranch;
  ref.min_snapshots_to_keep = CALVE_TRY(node.optional<std::int32_t>("min-snapshots-to-keep"));
  ref.max_snapshot_age_ms = CALVE_TRY(node.optional<std::int64_t>("max-snapshot-age-ms"));
  ref.max_ref_age_ms = CALVE_TRY(node.optional<std::int64_t>("max-ref-age-ms"));
  ref.unknown_members = node.members_except(
      {"snapshot-id", "type", "min-snapshots-to-keep", "max-snapshot-age-ms", "max-ref-age-ms"});
  return ref;
}

void write_snapshot_ref(JsonWriter& json, const SnapshotRef& ref) {
  json.begin_object();
  write_snapshot_ref_members(json, ref);
  json.end_object();
}

void write_snapshot_ref_members(JsonWriter& json, const SnapshotRef& ref) {
  json.member("snapshot-id", ref.snapshot_id);
  json.member("type", ref.kind == RefKind::kTag ? "tag" : "branch");
  json.member_if("min-snapshots-to-keep", ref.min_snapshots_to_keep);
  json.member_if("max-snapshot-age-ms", ref.max_snapshot_age_ms);
  json.member_if("max-ref-age-ms", ref.max_ref_age_ms);
  json.raw_members(ref.unknown_members);
}

}  // namespace calve::iceberg
