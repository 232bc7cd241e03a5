#include "calve/cli/table_report.h"

#include <algorithm>
#include <charconv>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "calve/commit/position.h"

namespace calve::cli {
namespace {

std::string_view operation_name(iceberg::Operation operation) {
  switch (operation) {
    case iceberg::Operation::kAppend:
      return "append";
    case iceberg::Operation::kReplace:
      return "replace";
    case iceberg::Operation::kOverwrite:
      return "overwrite";
    case iceberg::Operation::kDelete:
      return "delete";
  }
  std::unreachable();
}

std::optional<std::int64_t> number_in(const iceberg::Snapshot& snapshot, const char* key) {
  const auto found = snapshot.summary.find(key);
  if (found == snapshot.summary.end()) return std::nullopt;
  const std::string& text = found->second;
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

SnapshotReport report_snapshot(const iceberg::Snapshot& snapshot) {
  return {.id = snapshot.id,
          .parent_id = snapshot.parent_id,
          .sequence_number = snapshot.sequence_number.value(),
          .committed_at = snapshot.timestamp,
          .operation = std::string(operation_name(snapshot.operation)),
          .added_records = number_in(snapshot, "added-records"),
          .total_records = number_in(snapshot, "total-records"),
          .total_files = number_in(snapshot, "total-data-files"),
          .total_bytes = number_in(snapshot, "total-files-size"),
          .freshness_ms = number_in(snapshot, "calve.freshness-ms")};
}

std::string whole_type(const iceberg::Type& type) {
  if (const auto* list = std::get_if<iceberg::Nested<iceberg::ListType>>(&type)) {
    return fmt::format("list<{}>", whole_type((*list)->element));
  }
  if (const auto* map = std::get_if<iceberg::Nested<iceberg::MapType>>(&type)) {
    return fmt::format("map<{}, {}>", whole_type((*map)->key), whole_type((*map)->value));
  }
  const auto* fields = std::get_if<iceberg::Nested<iceberg::StructType>>(&type);
  if (fields == nullptr) return iceberg::to_string(type);
  std::vector<std::string> parts;
  for (const iceberg::NestedField& field : (*fields)->fields) {
    parts.push_back(fmt::format("{}: {}", field.name, whole_type(field.type)));
  }
  return fmt::format("struct<{}>", fmt::join(parts, ", "));
}

// "day(created_at)"; the column alone for identity.
std::string transformed(const iceberg::Schema& schema, FieldId source, const iceberg::Transform& transform) {
  const iceberg::NestedField* field = iceberg::find_field(schema, source);
  std::string column = field == nullptr ? fmt::format("a dropped column, id {}", source) : field->name;
  if (transform == iceberg::Transform(iceberg::SimpleTransform::kIdentity)) return column;
  return fmt::format("{}({})", iceberg::to_string(transform), column);
}

std::vector<std::string> partitioned_by(const iceberg::TableMetadata& table) {
  std::vector<std::string> fields;
  for (const auto& field : iceberg::default_spec(table).fields) {
    fields.push_back(transformed(iceberg::current_schema(table), field.source_id, field.transform));
  }
  return fields;
}

std::vector<std::string> sorted_by(const iceberg::TableMetadata& table) {
  std::vector<std::string> fields;
  for (const auto& field : iceberg::default_sort_order(table).fields) {
    const bool is_descending = field.direction == iceberg::SortDirection::kDescending;
    fields.push_back(transformed(iceberg::current_schema(table), field.source_id, field.transform) +
                     (is_descending ? " descending" : ""));
  }
  return fields;
}

}  // namespace

Result<TableReport> report_table(const catalog::TableIdentifier& name, const catalog::LoadedTable& loaded,
                                 const std::string& pipeline) {
  const iceberg::TableMetadata& table = loaded.metadata;
  TableReport report{.name = catalog::to_string(name),
                     .location = table.location,
                     .metadata_location = loaded.metadata_location,
                     .format_version = table.format_version,
                     .snapshots = table.snapshots.size(),
                     .partitioned_by = partitioned_by(table),
                     .sorted_by = sorted_by(table),
                     .pipeline = pipeline};
  report.position = CALVE_TRY(commit::read_position(table, pipeline)).next;
  if (const auto* current = iceberg::current_snapshot(table)) report.current = report_snapshot(*current);
  for (const iceberg::NestedField& field : iceberg::current_schema(table).fields) {
    report.columns.push_back({.id = field.id,
                              .name = field.name,
                              .type = whole_type(field.type),
                              .is_required = field.presence == iceberg::Presence::kRequired});
  }
  return report;
}

std::vector<SnapshotReport> report_snapshots(const iceberg::TableMetadata& table) {
  std::vector<SnapshotReport> reports;
  for (const iceberg::Snapshot& snapshot : table.snapshots)
    reports.push_back(report_snapshot(snapshot));
  std::ranges::stable_sort(reports, std::ranges::greater(), [](const SnapshotReport& report) {
    return std::pair(report.sequence_number, report.committed_at);
  });
  return reports;
}

Result<std::vector<FileReport>> report_files(const iceberg::TableMetadata& table,
                                             const std::vector<iceberg::DataFile>& files) {
  std::vector<FileReport> reports;
  for (const iceberg::DataFile& file : files) {
    const iceberg::PartitionSpec* spec = iceberg::find_spec(table, file.spec_id);
    if (spec == nullptr) {
      return fail(ErrorKind::kInvalidData,
                  fmt::format("A file is of a partition spec that the table does not have: {}, {}",
                              file.spec_id, file.file_path));
    }
    const auto type = CALVE_TRY(iceberg::partition_type(*spec, iceberg::current_schema(table)));
    reports.push_back({.partition = iceberg::partition_path(*spec, type, file.partition),
                       .records = file.record_count,
                       .size_bytes = file.file_size_in_bytes,
                       .path = file.file_path});
  }
  std::ranges::sort(reports, {},
                    [](const FileReport& report) { return std::tie(report.partition, report.path); });
  return reports;
}

}  // namespace calve::cli
