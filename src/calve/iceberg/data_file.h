// What the table knows of one file of rows. Iceberg spec: "Manifests", struct data_file.

#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "calve/base/ids.h"
#include "calve/iceberg/partition_spec.h"
#include "calve/iceberg/sort_order.h"

namespace calve::iceberg {

enum class FileContent { kData = 0, kPositionDeletes = 1, kEqualityDeletes = 2 };
enum class FileFormat { kAvro, kOrc, kParquet };

struct DataFile {
  FileContent content = FileContent::kData;
  std::string file_path;  // whole location, with scheme
  FileFormat file_format = FileFormat::kParquet;
  SpecId spec_id;  // kept by the manifest, not in data_file itself
  PartitionTuple partition;
  std::int64_t record_count = 0;
  std::int64_t file_size_in_bytes = 0;

  // By leaf field id. Bounds are in the binary form of Appendix D, truncated for strings and binary
  // (lower: a prefix; upper: a prefix whose last code point or byte is one up, absent if none is).
  std::map<FieldId, std::int64_t> column_sizes;  // compressed bytes
  std::map<FieldId, std::int64_t> value_counts;  // nulls and NaN included
  std::map<FieldId, std::int64_t> null_value_counts;
  std::map<FieldId, std::int64_t> nan_value_counts;  // float and double only
  std::map<FieldId, std::string> lower_bounds;
  std::map<FieldId, std::string> upper_bounds;

  std::optional<std::string> key_metadata;
  std::vector<std::int64_t> split_offsets;  // ascending; empty: absent
  std::vector<FieldId> equality_ids;        // equality deletes only
  std::optional<SortOrderId> sort_order_id;
  std::optional<std::string> referenced_data_file;  // position deletes of a single file

  bool operator==(const DataFile&) const = default;
};

}  // namespace calve::iceberg
