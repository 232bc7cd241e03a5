// The documents of `calve table --output json`.

#include <nlohmann/json.hpp>

#include "calve/cli/table_report.h"

namespace calve::cli {
namespace {

using Json = nlohmann::ordered_json;

template <class T>
Json or_null(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}

}  // namespace

Json to_json(const SnapshotReport& report) {
  Json json = {{"snapshot_id", report.id.value()},
               {"parent_id", nullptr},
               {"sequence_number", report.sequence_number},
               {"committed_at", format_rfc3339(report.committed_at)},
               {"operation", report.operation},
               {"added_records", or_null(report.added_records)},
               {"total_records", or_null(report.total_records)},
               {"total_files", or_null(report.total_files)},
               {"total_bytes", or_null(report.total_bytes)},
               {"freshness_ms", or_null(report.freshness_ms)}};
  if (report.parent_id) json["parent_id"] = report.parent_id->value();
  return json;
}

Json to_json(const TableReport& report) {
  Json columns = Json::array();
  for (const ColumnReport& column : report.columns) {
    columns.push_back({{"id", column.id.value()},
                       {"name", column.name},
                       {"type", column.type},
                       {"required", column.is_required}});
  }
  Json position = Json::object();
  for (const auto& [partition, next] : report.position)
    position[fmt::format("{}", partition)] = next.value();
  return {{"table", report.name},
          {"location", report.location},
          {"metadata_location", report.metadata_location},
          {"format_version", report.format_version},
          {"snapshots", report.snapshots},
          {"current_snapshot", report.current ? to_json(*report.current) : Json(nullptr)},
          {"columns", std::move(columns)},
          {"partitioned_by", report.partitioned_by},
          {"sorted_by", report.sorted_by},
          {"pipeline", report.pipeline},
          {"position", std::move(position)}};
}

Json to_json(const FileReport& report) {
  return {{"partition", report.partition},
          {"records", report.records},
          {"size_bytes", report.size_bytes},
          {"path", report.path}};
}

}  // namespace calve::cli
