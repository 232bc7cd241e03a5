#include <cmath>
#include <compare>
#include <type_traits>
#include <utility>

#include <fmt/format.h>

#include "calve/iceberg/manifest_schema.h"

namespace calve::iceberg {
namespace {

// The order of Appendix D's bounds: numbers by value with -0.0 before 0.0, text and bytes unsigned.
// Both literals are of one type and not NaN.
bool is_less(const Literal& left, const Literal& right) {
  return std::visit(
      [&](const auto& value) {
        using Value = std::remove_cvref_t<decltype(value)>;
        const auto& other = std::get<Value>(right);
        if constexpr (std::is_floating_point_v<Value>) {
          return std::strong_order(value, other) < 0;
        } else {
          return value < other;
        }
      },
      left);
}

bool is_nan(const Literal& literal) {
  if (const auto* value = std::get_if<float>(&literal)) return std::isnan(*value);
  if (const auto* value = std::get_if<double>(&literal)) return std::isnan(*value);
  return false;
}

// One partition field over all entries.
Result<FieldSummary> summarize_field(const std::vector<ManifestEntry>& entries, std::size_t index,
                                     const PartitionColumn& column) {
  FieldSummary summary{.contains_nan = false};
  OptionalLiteral lower;
  OptionalLiteral upper;
  for (const ManifestEntry& entry : entries) {
    const PartitionTuple& tuple = entry.data_file.partition;
    if (index >= tuple.size() || (tuple[index] && !is_value_of(*tuple[index], *column.type))) {
      return fail(ErrorKind::kInvalidData,
                  fmt::format("a partition tuple does not fit its spec: field {} of file {}", column.name,
                              entry.data_file.file_path));
    }
    const OptionalLiteral& value = tuple[index];
    if (!value) {
      summary.contains_null = true;
    } else if (is_nan(*value)) {
      summary.contains_nan = true;
    } else {
      if (!lower || is_less(*value, *lower)) lower = value;
      if (!upper || is_less(*upper, *value)) upper = value;
    }
  }
  if (lower) summary.lower_bound = to_binary(*lower, *column.type);
  if (upper) summary.upper_bound = to_binary(*upper, *column.type);
  return summary;
}

void count(const ManifestEntry& entry, ManifestFile& file) {
  switch (entry.status) {
    case EntryStatus::kExisting:
      ++file.existing_files_count;
      file.existing_rows_count += entry.data_file.record_count;
      return;
    case EntryStatus::kAdded:
      ++file.added_files_count;
      file.added_rows_count += entry.data_file.record_count;
      return;
    case EntryStatus::kDeleted:
      ++file.deleted_files_count;
      file.deleted_rows_count += entry.data_file.record_count;
      return;
  }
  __builtin_unreachable();
}

}  // namespace

Result<ManifestFile> summarize(const Manifest& manifest, std::string path, std::int64_t length_bytes,
                               SnapshotId snapshot_id, SequenceNumber sequence_number) {
  const auto columns = CALVE_TRY(partition_columns(manifest.spec, manifest.schema));
  ManifestFile file{.manifest_path = std::move(path),
                    .manifest_length = length_bytes,
                    .partition_spec_id = manifest.spec.id,
                    .content = manifest.content,
                    .sequence_number = sequence_number,
                    .min_sequence_number = sequence_number,
                    .added_snapshot_id = snapshot_id};
  for (const ManifestEntry& entry : manifest.entries) {
    count(entry, file);
    const bool is_live = entry.status != EntryStatus::kDeleted;
    // Absent: the file gets this commit's own number, which is the highest.
    if (is_live && entry.sequence_number) {
      file.min_sequence_number = std::min(file.min_sequence_number, *entry.sequence_number);
    }
  }
  for (std::size_t i = 0; i < columns.size(); ++i) {
    file.partitions.push_back(CALVE_TRY(summarize_field(manifest.entries, i, columns[i])));
  }
  return file;
}

void inherit(std::vector<ManifestEntry>& entries, const ManifestFile& from) {
  for (ManifestEntry& entry : entries) {
    if (!entry.snapshot_id) entry.snapshot_id = from.added_snapshot_id;
    // Existing and deleted entries carry their numbers, but for manifests of version 1: those have 0.
    const bool inherits = entry.status == EntryStatus::kAdded || from.sequence_number == SequenceNumber(0);
    if (!inherits) continue;
    if (!entry.sequence_number) entry.sequence_number = from.sequence_number;
    if (!entry.file_sequence_number) entry.file_sequence_number = from.sequence_number;
  }
}

}  // namespace calve::iceberg
