// What `calve table` tells of a table, as facts, as JSON and as screens for people. Reads no store.

#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "calve/base/ids.h"
#include "calve/base/result.h"
#include "calve/base/time.h"
#include "calve/catalog/catalog.h"
#include "calve/iceberg/data_file.h"

namespace calve::cli {

// One snapshot, by its summary; what the summary does not say is not there.
struct SnapshotReport {
  SnapshotId id;
  std::optional<SnapshotId> parent_id;
  std::int64_t sequence_number = 0;
  Timestamp committed_at;
  std::string operation;  // "append", ...
  std::optional<std::int64_t> added_records;
  std::optional<std::int64_t> total_records;
  std::optional<std::int64_t> total_files;
  std::optional<std::int64_t> total_bytes;
  std::optional<std::int64_t> freshness_ms;  // of Calve's own

  bool operator==(const SnapshotReport&) const = default;
};

struct ColumnReport {
  FieldId id;
  std::string name;
  std::string type;  // nested ones whole: "list<struct<sku: string>>"
  bool is_required = false;

  bool operator==(const ColumnReport&) const = default;
};

struct TableReport {
  std::string name;  // "analytics.orders"
  std::string location;
  std::string metadata_location;
  int format_version = 0;
  std::size_t snapshots = 0;  // retained
  std::optional<SnapshotReport> current;
  std::vector<ColumnReport> columns;
  std::vector<std::string> partitioned_by;  // "day(created_at)"
  std::vector<std::string> sorted_by;       // "created_at", "total descending"
  std::string pipeline;
  std::map<PartitionId, Offset> position;  // where that pipeline resumes

  bool operator==(const TableReport&) const = default;
};

struct FileReport {
  std::string partition;  // "created_at_day=2026-11-24"
  std::int64_t records = 0;
  std::int64_t size_bytes = 0;
  std::string path;

  bool operator==(const FileReport&) const = default;
};

// kInvalidData if the pipeline's position cannot be read.
Result<TableReport> report_table(const catalog::TableIdentifier& name, const catalog::LoadedTable& table,
                                 const std::string& pipeline);
// Newest first.
std::vector<SnapshotReport> report_snapshots(const iceberg::TableMetadata& table);
// In the order of partition and path. kConfig if a column that a spec partitions by is gone.
Result<std::vector<FileReport>> report_files(const iceberg::TableMetadata& table,
                                             const std::vector<iceberg::DataFile>& files);

nlohmann::ordered_json to_json(const TableReport& report);
nlohmann::ordered_json to_json(const SnapshotReport& report);
nlohmann::ordered_json to_json(const FileReport& report);

void print(std::ostream& out, const TableReport& report);
void print(std::ostream& out, const std::vector<SnapshotReport>& reports);
void print(std::ostream& out, const std::vector<FileReport>& reports);

}  // namespace calve::cli
