#include "calve/base/random.h"

#include <cstdlib>
#include <limits>

#include <sys/random.h>

namespace calve {

void fill_random(std::span<std::uint8_t> bytes) {
  // getrandom never returns short for up to 256 bytes, and callers ask for a few.
  if (bytes.size() > 256 ||
      ::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
    std::abort();
  }
}

std::int64_t random_positive_int64() {
  std::int64_t value = 0;
  while (value == 0) {
    fill_random({reinterpret_cast<std::uint8_t*>(&value), sizeof value});
    value &= std::numeric_limits<std::int64_t>::max();
  }
  return value;
}

}  // namespace calve
