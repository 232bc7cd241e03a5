// Manifests and manifest lists, in memory and in Avro. Iceberg spec: "Manifests", "Manifest Lists",
// "Appendix A: Avro". Values and codecs only: bytes come in and go out.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "calve/base/ids.h"
#include "calve/base/result.h"
#include "calve/iceberg/avro_codec.h"
#include "calve/iceberg/data_file.h"
#include "calve/iceberg/partition_spec.h"
#include "calve/iceberg/schema.h"
#include "calve/iceberg/snapshot.h"

namespace calve::iceberg {

enum class EntryStatus { kExisting = 0, kAdded = 1, kDeleted = 2 };

struct ManifestEntry {
  EntryStatus status = EntryStatus::kAdded;
  // Absent in an added entry: inherited from the manifest when it is read through its list.
  std::optional<SnapshotId> snapshot_id;
  std::optional<SequenceNumber> sequence_number;
  std::optional<SequenceNumber> file_sequence_number;
  DataFile data_file;

  bool operator==(const ManifestEntry&) const = default;
};

enum class ManifestContent { kData = 0, kDeletes = 1 };

// One manifest file's own content.
struct Manifest {
  Schema schema;  // the table's, when the manifest was written
  PartitionSpec spec;
  int format_version = 2;
  ManifestContent content = ManifestContent::kData;
  std::vector<ManifestEntry> entries;

  bool operator==(const Manifest&) const = default;
};

// Summary of one partition field over a manifest's files.
struct FieldSummary {
  bool contains_null = false;
  std::optional<bool> contains_nan;
  std::optional<std::string> lower_bound;  // Appendix D
  std::optional<std::string> upper_bound;

  bool operator==(const FieldSummary&) const = default;
};

// A manifest as its list knows it: struct manifest_file.
struct ManifestFile {
  std::string manifest_path;
  std::int64_t manifest_length = 0;
  SpecId partition_spec_id;
  ManifestContent content = ManifestContent::kData;
  SequenceNumber sequence_number;      // of the commit that added the manifest
  SequenceNumber min_sequence_number;  // of its live files
  SnapshotId added_snapshot_id;
  std::int32_t added_files_count = 0;
  std::int32_t existing_files_count = 0;
  std::int32_t deleted_files_count = 0;
  std::int64_t added_rows_count = 0;
  std::int64_t existing_rows_count = 0;
  std::int64_t deleted_rows_count = 0;
  std::vector<FieldSummary> partitions;  // in the order of the spec's fields
  std::optional<std::string> key_metadata;

  bool operator==(const ManifestFile&) const = default;
};

// kInvalidData with the byte offset for truncated or corrupt input; kUnsupported for a codec or an
// Avro feature that no Iceberg writer uses. Fields of the file that are not named above are skipped.
// Equal input gives equal bytes.
Result<Manifest> read_manifest(std::string_view bytes);
// kConfig if the spec does not fit the schema (its source was dropped, a transform is unknown): such a
// manifest is kept as the file it is. kInvalidData for a partition tuple that is not of the spec, and for
// an entry without a snapshot id in format version 1, which inherits nothing.
Result<std::string> write_manifest(const Manifest& manifest, AvroCodec codec);

// What the list must say of a manifest that holds these entries and is stored at `path`. Errors as
// write_manifest's.
Result<ManifestFile> summarize(const Manifest& manifest, std::string path, std::int64_t length_bytes,
                               SnapshotId snapshot_id, SequenceNumber sequence_number);

// Gives entries what they inherit from their manifest (snapshot id, sequence numbers). Spec:
// "Sequence Number Inheritance".
void inherit(std::vector<ManifestEntry>& entries, const ManifestFile& from);

struct ManifestListHeader {
  int format_version = 2;
  SnapshotId snapshot_id;
  std::optional<SnapshotId> parent_snapshot_id;
  SequenceNumber sequence_number;
};

// Errors as read_manifest's. A version 1 list without counts of files and rows is kInvalidData: taken for
// zero, they would hide the manifest's rows.
Result<std::vector<ManifestFile>> read_manifest_list(std::string_view bytes);
Result<std::string> write_manifest_list(const ManifestListHeader& header,
                                        const std::vector<ManifestFile>& manifests, AvroCodec codec);

}  // namespace calve::iceberg
