// The ids that cross folders. Those of one folder alone live there.

#pragma once

#include <cstdint>

#include "calve/base/strong_id.h"

namespace calve {

// A partition of the source topic.
using PartitionId = StrongId<struct PartitionIdTag, std::int32_t>;

// A position within one partition of the source: a Kafka offset, or a byte position of a file log.
using Offset = StrongId<struct OffsetTag, std::int64_t>;

// An Iceberg field id, unique within a table for ever.
using FieldId = StrongId<struct FieldIdTag, std::int32_t>;

// An Iceberg snapshot id: random, positive, chosen by the writer before the commit.
using SnapshotId = StrongId<struct SnapshotIdTag, std::int64_t>;

}  // namespace calve
