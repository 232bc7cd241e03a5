#include "calve/produce/partitioner.h"

#include <bit>
#include <cstring>

namespace calve::produce {

static_assert(std::endian::native == std::endian::little, "murmur2 reads its words as little endian");

std::uint32_t murmur2(std::string_view key) {
  constexpr std::uint32_t kSeed = 0x9747b28c;
  constexpr std::uint32_t kMultiplier = 0x5bd1e995;
  constexpr int kShift = 24;

  auto hash = kSeed ^ static_cast<std::uint32_t>(key.size());
  while (key.size() >= 4) {
    std::uint32_t word;
    std::memcpy(&word, key.data(), sizeof(word));
    word *= kMultiplier;
    word ^= word >> kShift;
    hash = (hash * kMultiplier) ^ (word * kMultiplier);
    key.remove_prefix(4);
  }
  if (!key.empty()) {
    std::uint32_t rest = 0;
    std::memcpy(&rest, key.data(), key.size());
    hash = (hash ^ rest) * kMultiplier;
  }
  hash = (hash ^ (hash >> 13)) * kMultiplier;
  return hash ^ (hash >> 15);
}

PartitionId partition_of(std::string_view key, std::int32_t partitions) {
  return PartitionId(static_cast<std::int32_t>(murmur2(key) & 0x7fffffff) % partitions);
}

}  // namespace calve::produce
