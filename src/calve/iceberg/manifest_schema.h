// The Avro types of manifest entries and of a manifest list's entries: field ids, names and order as the
// Iceberg spec's "Manifests" and "Manifest Lists" have them. Internal to reading and writing them.

#pragma once

#include <optional>
#include <string>
#include <vector>

#include "calve/iceberg/avro_type.h"
#include "calve/iceberg/manifest.h"

namespace calve::iceberg {

// A column of the partition tuple.
struct PartitionColumn {
  FieldId id;
  std::string name;
  std::optional<PrimitiveType> type;  // none: taken as the file has it; cannot be written
};

// kConfig as partition_type().
Result<std::vector<PartitionColumn>> partition_columns(const PartitionSpec& spec, const Schema& schema);
// For reading, where a spec that does not fit the schema does no harm.
std::vector<PartitionColumn> untyped_partition_columns(const PartitionSpec& spec);

AvroType<PartitionTuple> partition_tuple_type(std::vector<PartitionColumn> columns);
AvroType<ManifestEntry> manifest_entry_type(int format_version, std::vector<PartitionColumn> columns);
AvroType<ManifestFile> manifest_file_type(int format_version);

}  // namespace calve::iceberg
