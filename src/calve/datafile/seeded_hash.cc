#include "calve/datafile/seeded_hash.h"

#include <random>

namespace calve::datafile {

const std::uint64_t kHashSeed = [] {
  std::random_device source;
  return std::uint64_t{source()} << 32 | source();
}();

}  // namespace calve::datafile
