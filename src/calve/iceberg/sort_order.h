// Iceberg spec: "Sorting".

#pragma once

#include <cstdint>
#include <vector>

#include "calve/base/ids.h"
#include "calve/base/strong_id.h"
#include "calve/iceberg/partition_spec.h"

namespace calve::iceberg {

using SortOrderId = StrongId<struct SortOrderIdTag, std::int32_t>;

enum class SortDirection { kAscending, kDescending };
enum class NullOrder { kNullsFirst, kNullsLast };

struct SortField {
  FieldId source_id;
  Transform transform;
  SortDirection direction = SortDirection::kAscending;
  NullOrder null_order = NullOrder::kNullsFirst;
  UnknownMembers unknown_members;

  bool operator==(const SortField&) const = default;
};

struct SortOrder {
  SortOrderId id;  // 0 is reserved for "unsorted"
  std::vector<SortField> fields;
  UnknownMembers unknown_members;

  bool operator==(const SortOrder&) const = default;
};

}  // namespace calve::iceberg
