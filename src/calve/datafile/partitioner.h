// Which partition each row of a batch belongs to. Iceberg spec: "Partitioning".

#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "calve/base/result.h"
#include "calve/batch/column_batch.h"
#include "calve/datafile/parquet_schema.h"
#include "calve/iceberg/partition_spec.h"

namespace calve::datafile {

// Equal as partitions are: NaN is the same partition as NaN, 0.0 another than -0.0.
struct SamePartition {
  bool operator()(const iceberg::PartitionTuple& left, const iceberg::PartitionTuple& right) const;
};
struct PartitionHash {
  std::size_t operator()(const iceberg::PartitionTuple& tuple) const;
};

struct DealtRows {
  std::vector<iceberg::PartitionTuple> partitions;  // distinct, in the order of their first rows
  std::vector<std::uint32_t> part_of_row;           // into `partitions`; empty if there is one alone

  bool operator==(const DealtRows&) const = default;
};

// Immutable; safe from any thread.
class Partitioner {
 public:
  // kConfig if a source field is dropped, within a list or map, or not what its transform takes.
  static Result<Partitioner> make(const iceberg::PartitionSpec& spec, const FileSchema& schema);

  // Of a batch with the schema's leaves. A batch without rows has no partitions.
  DealtRows deal(const batch::ColumnBatch& batch) const;

 private:
  struct Source {
    iceberg::Transform transform;
    iceberg::PrimitiveType type;
    std::size_t leaf;  // into ColumnBatch::columns
  };

  bool is_one_partition(const batch::ColumnBatch& batch) const;

  std::vector<Source> sources_;
};

}  // namespace calve::datafile
