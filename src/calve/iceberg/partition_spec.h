// How rows are dealt to partitions. Iceberg spec: "Partitioning", "Partition Transforms".

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "calve/base/ids.h"
#include "calve/base/result.h"
#include "calve/base/strong_id.h"
#include "calve/iceberg/literal.h"
#include "calve/iceberg/schema.h"

namespace calve::iceberg {

using SpecId = StrongId<struct SpecIdTag, std::int32_t>;

enum class SimpleTransform { kIdentity, kYear, kMonth, kDay, kHour, kVoid };

struct BucketTransform {
  std::int32_t buckets = 0;

  bool operator==(const BucketTransform&) const = default;
};

struct TruncateTransform {
  std::int32_t width = 0;

  bool operator==(const TruncateTransform&) const = default;
};

// A transform of a later spec version. The table can be read; rows cannot be dealt by it.
struct UnknownTransform {
  std::string text;

  bool operator==(const UnknownTransform&) const = default;
};

using Transform = std::variant<SimpleTransform, BucketTransform, TruncateTransform, UnknownTransform>;

struct PartitionField {
  FieldId source_id;
  FieldId field_id;  // of the partition value, from 1000
  std::string name;
  Transform transform;
  UnknownMembers unknown_members;

  bool operator==(const PartitionField&) const = default;
};

struct PartitionSpec {
  SpecId id;
  std::vector<PartitionField> fields;  // none: the table is not partitioned
  UnknownMembers unknown_members;

  bool operator==(const PartitionSpec&) const = default;
};

// The values of one partition, in the order of the spec's fields.
using PartitionTuple = std::vector<OptionalLiteral>;

// "day", "bucket[16]"; unknown text gives UnknownTransform.
Transform parse_transform(std::string_view text);
std::string to_string(const Transform& transform);

// The type of the transform's result. kConfig if the transform does not take that source type, or
// is unknown.
Result<PrimitiveType> result_type(const Transform& transform, const PrimitiveType& source);

// Applies a transform to one value; null gives null. The pair must have passed result_type().
OptionalLiteral apply(const Transform& transform, const PrimitiveType& source, const OptionalLiteral& value);

// The struct type of a spec's partition tuples under a schema. A source field that the schema has
// dropped leaves kConfig, unless the transform is void.
Result<StructType> partition_type(const PartitionSpec& spec, const Schema& schema);

// One partition value for people: "2026-11" for a month, "2026-11-24-13" for an hour. `type` is the
// transform's result type.
std::string partition_text(const Transform& transform, const PrimitiveType& type,
                           const OptionalLiteral& value);

// "created_at_day=2026-11-24/channel=web", as Iceberg's writers lay out data folders; values are
// URL-encoded. Empty for an unpartitioned spec.
std::string partition_path(const PartitionSpec& spec, const StructType& type, const PartitionTuple& tuple);

}  // namespace calve::iceberg
