#include "calve/datafile/seeded_hash.h"

#include <random>

namespace calve::datafile {

const HashSeeds kHashSeeds = [] {
  std::random_device source;
  const auto draw = [&] { return std::uint64_t{source()} << 32 | source(); };
  return HashSeeds{.first = draw(), .last = draw()};
}();

}  // namespace calve::datafile
