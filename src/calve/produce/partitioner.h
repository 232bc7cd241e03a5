// Which partition a key belongs to: as Kafka's Java client decides by default.

#pragma once

#include <cstdint>
#include <string_view>

#include "calve/base/ids.h"

namespace calve::produce {

// Kafka's murmur2 with its seed, over the key's bytes.
std::uint32_t murmur2(std::string_view key);

// murmur2 with the sign bit cleared, modulo `partitions`, which is at least 1.
PartitionId partition_of(std::string_view key, std::int32_t partitions);

}  // namespace calve::produce
