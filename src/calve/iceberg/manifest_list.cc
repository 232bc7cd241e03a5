// A manifest list is an Avro file (avro_file.cc) of manifest files (manifest_schema.cc), whose header
// holds
//
//   snapshot-id         of the snapshot that the list is
//   parent-snapshot-id  its parent's | "null"
//   sequence-number     its                     from version 2 on
//   format-version      1 | 2

#include <utility>

#include <fmt/format.h>

#include "calve/iceberg/manifest_schema.h"

namespace calve::iceberg {

Result<std::vector<ManifestFile>> read_manifest_list(std::string_view bytes) {
  const AvroFile file = CALVE_TRY(read_avro_file(bytes));
  const auto version = file.metadata.find("format-version");
  if (version != file.metadata.end() && version->second != "1" && version->second != "2") {
    return fail(
        ErrorKind::kUnsupported,
        fmt::format("a manifest list's format version is not read here; 1 and 2 are: {}", version->second));
  }
  // Version 2's fields are a superset, and found by id.
  return read_objects(file, manifest_file_type(2));
}

Result<std::string> write_manifest_list(const ManifestListHeader& header,
                                        const std::vector<ManifestFile>& manifests, AvroCodec codec) {
  AvroMetadata metadata{
      {"snapshot-id", fmt::to_string(header.snapshot_id)},
      {"parent-snapshot-id", header.parent_snapshot_id ? fmt::to_string(*header.parent_snapshot_id) : "null"},
      {"format-version", fmt::to_string(header.format_version)}};
  if (header.format_version > 1) metadata["sequence-number"] = fmt::to_string(header.sequence_number);
  return write_objects(std::move(metadata), manifest_file_type(header.format_version), manifests, codec);
}

}  // namespace calve::iceberg
