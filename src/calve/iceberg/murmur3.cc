#include "calve/iceberg/murmur3.h"

#include <bit>
#include <cstddef>
#include <cstring>

namespace calve::iceberg {
namespace {

static_assert(std::endian::native == std::endian::little, "blocks are read as little-endian words");

std::uint32_t scramble(std::uint32_t block) {
  return std::rotl(block * 0xcc9e2d51U, 15) * 0x1b873593U;
}

}  // namespace

std::uint32_t murmur3_x86_32(std::string_view bytes, std::uint32_t seed) {
  constexpr std::size_t kBlockBytes = sizeof(std::uint32_t);
  std::uint32_t hash = seed;
  std::string_view rest = bytes;
  for (; rest.size() >= kBlockBytes; rest.remove_prefix(kBlockBytes)) {
    std::uint32_t block = 0;
    std::memcpy(&block, rest.data(), kBlockBytes);
    hash = std::rotl(hash ^ scramble(block), 13) * 5 + 0xe6546b64U;
  }
  std::uint32_t tail = 0;
  std::memcpy(&tail, rest.data(), rest.size());
  hash ^= scramble(tail);

  hash ^= static_cast<std::uint32_t>(bytes.size());
  hash = (hash ^ (hash >> 16)) * 0x85ebca6bU;
  hash = (hash ^ (hash >> 13)) * 0xc2b2ae35U;
  return hash ^ (hash >> 16);
}

}  // namespace calve::iceberg
