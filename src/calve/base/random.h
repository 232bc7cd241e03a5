// Random numbers that must never repeat across processes: ids, jitter. Safe from any thread.

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace calve {

// From the operating system; aborts if the machine has no random source.
void fill_random(std::span<std::uint8_t> bytes);

// 1 .. 2^63-1: what Iceberg takes as a snapshot id.
std::int64_t random_positive_int64();

}  // namespace calve
