// manifest entry, record "manifest_entry" (? may be null, v2: absent in version 1):
//
//   0 status int, 1 snapshot_id long?, 3 sequence_number long? v2, 4 file_sequence_number long? v2,
//   2 data_file r2
//
// r2, in this order:
//
//   134 content int v2, 100 file_path string, 101 file_format string, 102 partition r102,
//   103 record_count long, 104 file_size_in_bytes long, 105 block_size_in_bytes long v1 only,
//   108 column_sizes map<117 int, 118 long>?, 109 value_counts map<119, 120>?,
//   110 null_value_counts map<121, 122>?, 137 nan_value_counts map<138, 139>?,
//   125 lower_bounds map<126 int, 127 bytes>?, 128 upper_bounds map<129, 130>?,
//   131 key_metadata bytes?, 132 split_offsets list<133 long>?, 135 equality_ids list<136 int>? v2,
//   140 sort_order_id int?, 143 referenced_data_file string? v2
//
// entry of a list, record "manifest_file":
//
//   500 manifest_path string, 501 manifest_length long, 502 partition_spec_id int, 517 content int v2,
//   515 sequence_number long v2, 516 min_sequence_number long v2, 503 added_snapshot_id long,
//   504 added_files_count int, 505 existing_files_count int, 506 deleted_files_count int,
//   512 added_rows_count long, 513 existing_rows_count long, 514 deleted_rows_count long,
//   507 partitions list<508 r508>?, 519 key_metadata bytes?
//
// r508: 509 contains_null boolean, 518 contains_nan boolean?, 510 lower_bound bytes?, 511 upper_bound bytes?

#include "calve/iceberg/manifest_schema.h"

#include <algorithm>
#include <cctype>
#include <utility>

namespace calve::iceberg {
namespace {

// What Java writes for a field that version 1 requires and nobody reads.
constexpr std::int64_t kBlockSizeInBytes = std::int64_t{64} * 1024 * 1024;

struct FormatName {
  FileFormat format;
  std::string_view name;
};

constexpr FormatName kFormatNames[] = {
    {FileFormat::kAvro, "AVRO"}, {FileFormat::kOrc, "ORC"}, {FileFormat::kParquet, "PARQUET"}};

bool equal_ignoring_case(std::string_view left, std::string_view right) {
  return std::ranges::equal(
      left, right, [](unsigned char l, unsigned char r) { return std::tolower(l) == std::tolower(r); });
}

AvroType<FileFormat> file_format_type() {
  return {.schema = R"("string")",
          .write =
              [](AvroEncoder& out, const FileFormat& format) {
                for (const auto& [known, name] : kFormatNames) {
                  if (known == format) out.put_bytes(name);
                }
              },
          .read = [](AvroDecoder& in, const AvroSchema& written, FileFormat& format) -> Result<void> {
            const std::string_view text = CALVE_TRY(read_avro_bytes(in, written));
            for (const auto& [known, name] : kFormatNames) {
              if (!equal_ignoring_case(text, name)) continue;
              format = known;
              return {};
            }
            return fail(ErrorKind::kUnsupported, fmt::format("a data file's format is not known: {}", text));
          }};
}

AvroType<DataFile> data_file_type(int format_version, std::vector<PartitionColumn> columns) {
  using enum WhenAbsent;
  const auto map_of_longs = [](int key_id, int value_id) {
    return avro_optional_map(key_id, value_id, avro_integer<std::int64_t>());
  };
  const auto map_of_bytes = [](int key_id, int value_id) {
    return avro_optional_map(key_id, value_id, avro_bytes());
  };
  const bool v1 = format_version == 1;
  AvroRecord<DataFile> file("r2");
  if (!v1) file.field(134, "content", &DataFile::content, avro_enum(FileContent::kEqualityDeletes));
  file.field(100, "file_path", &DataFile::file_path, avro_string(), kRefuse)
      .field(101, "file_format", &DataFile::file_format, file_format_type(), kRefuse)
      .field(102, "partition", &DataFile::partition, partition_tuple_type(std::move(columns)), kRefuse)
      .field(103, "record_count", &DataFile::record_count, avro_integer<std::int64_t>(), kRefuse)
      .field(104, "file_size_in_bytes", &DataFile::file_size_in_bytes, avro_integer<std::int64_t>(), kRefuse);
  if (v1) file.constant(105, "block_size_in_bytes", kBlockSizeInBytes);
  file.field(108, "column_sizes", &DataFile::column_sizes, map_of_longs(117, 118))
      .field(109, "value_counts", &DataFile::value_counts, map_of_longs(119, 120))
      .field(110, "null_value_counts", &DataFile::null_value_counts, map_of_longs(121, 122))
      .field(137, "nan_value_counts", &DataFile::nan_value_counts, map_of_longs(138, 139))
      .field(125, "lower_bounds", &DataFile::lower_bounds, map_of_bytes(126, 127))
      .field(128, "upper_bounds", &DataFile::upper_bounds, map_of_bytes(129, 130))
      .field(131, "key_metadata", &DataFile::key_metadata, avro_optional(avro_bytes()))
      .field(132, "split_offsets", &DataFile::split_offsets,
             avro_optional_array(133, avro_integer<std::int64_t>()));
  if (!v1) {
    file.field(135, "equality_ids", &DataFile::equality_ids,
               avro_optional_array(136, avro_integer<FieldId>()));
  }
  file.field(140, "sort_order_id", &DataFile::sort_order_id, avro_optional(avro_integer<SortOrderId>()));
  if (!v1) {
    file.field(143, "referenced_data_file", &DataFile::referenced_data_file, avro_optional(avro_string()));
  }
  return file.type();
}

AvroType<FieldSummary> field_summary_type() {
  return AvroRecord<FieldSummary>("r508")
      .field(509, "contains_null", &FieldSummary::contains_null, avro_boolean(), WhenAbsent::kRefuse)
      .field(518, "contains_nan", &FieldSummary::contains_nan, avro_optional(avro_boolean()))
      .field(510, "lower_bound", &FieldSummary::lower_bound, avro_optional(avro_bytes()))
      .field(511, "upper_bound", &FieldSummary::upper_bound, avro_optional(avro_bytes()))
      .type();
}

}  // namespace

AvroType<ManifestEntry> manifest_entry_type(int format_version, std::vector<PartitionColumn> columns) {
  using enum WhenAbsent;
  AvroRecord<ManifestEntry> entry("manifest_entry");
  entry.field(0, "status", &ManifestEntry::status, avro_enum(EntryStatus::kDeleted), kRefuse)
      .field(1, "snapshot_id", &ManifestEntry::snapshot_id, avro_optional(avro_integer<SnapshotId>()));
  if (format_version != 1) {
    const auto sequence_number = avro_optional(avro_integer<SequenceNumber>());
    entry.field(3, "sequence_number", &ManifestEntry::sequence_number, sequence_number)
        .field(4, "file_sequence_number", &ManifestEntry::file_sequence_number, sequence_number);
  }
  return entry
      .field(2, "data_file", &ManifestEntry::data_file, data_file_type(format_version, std::move(columns)),
             kRefuse)
      .type();
}

AvroType<ManifestFile> manifest_file_type(int format_version) {
  using enum WhenAbsent;
  const auto int_type = avro_integer<std::int32_t>();
  const auto long_type = avro_integer<std::int64_t>();
  AvroRecord<ManifestFile> file("manifest_file");
  file.field(500, "manifest_path", &ManifestFile::manifest_path, avro_string(), kRefuse)
      .field(501, "manifest_length", &ManifestFile::manifest_length, long_type, kRefuse)
      .field(502, "partition_spec_id", &ManifestFile::partition_spec_id, avro_integer<SpecId>(), kRefuse);
  if (format_version != 1) {
    const auto sequence_number = avro_integer<SequenceNumber>();
    file.field(517, "content", &ManifestFile::content, avro_enum(ManifestContent::kDeletes))
        .field(515, "sequence_number", &ManifestFile::sequence_number, sequence_number)
        .field(516, "min_sequence_number", &ManifestFile::min_sequence_number, sequence_number);
  }
  return file
      .field(503, "added_snapshot_id", &ManifestFile::added_snapshot_id, avro_integer<SnapshotId>(), kRefuse)
      .field(504, "added_files_count", &ManifestFile::added_files_count, int_type, kRefuse)
      .field(505, "existing_files_count", &ManifestFile::existing_files_count, int_type, kRefuse)
      .field(506, "deleted_files_count", &ManifestFile::deleted_files_count, int_type, kRefuse)
      .field(512, "added_rows_count", &ManifestFile::added_rows_count, long_type, kRefuse)
      .field(513, "existing_rows_count", &ManifestFile::existing_rows_count, long_type, kRefuse)
      .field(514, "deleted_rows_count", &ManifestFile::deleted_rows_count, long_type, kRefuse)
      .field(507, "partitions", &ManifestFile::partitions, avro_optional_array(508, field_summary_type()))
      .field(519, "key_metadata", &ManifestFile::key_metadata, avro_optional(avro_bytes()))
      .type();
}

}  // namespace calve::iceberg
