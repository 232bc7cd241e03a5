#include "calve/produce/skew.h"

#include <cassert>

namespace calve::produce {

SkewedPicker::SkewedPicker(std::uint32_t count, std::uint32_t flatness) : slots_(count) {
  using Wide = unsigned __int128;
  constexpr std::uint64_t kUnit = 1ULL << 40;

  std::vector<std::uint64_t> weight(count);
  std::uint64_t total = 0;
  for (std::uint32_t rank = 0; rank < count; ++rank) {
    weight[rank] = kUnit / (rank + flatness);
    total += weight[rank];
  }
  assert(total > 0);  // the smallest weight is kUnit / 2^33

  // Scaled by count, the average weight is `total`: what is under it borrows from what is over it.
  std::vector<Wide> scaled(count);
  std::vector<std::uint32_t> small;
  std::vector<std::uint32_t> large;
  for (std::uint32_t rank = 0; rank < count; ++rank) {
    scaled[rank] = static_cast<Wide>(weight[rank]) * count;
    slots_[rank].other = rank;
    (scaled[rank] < total ? small : large).push_back(rank);
  }
  while (!small.empty() && !large.empty()) {
    const std::uint32_t poor = small.back();
    const std::uint32_t rich = large.back();
    small.pop_back();
    slots_[poor] = {.keep_below = static_cast<std::uint32_t>((scaled[poor] << 32) / total), .other = rich};
    scaled[rich] -= total - scaled[poor];
    if (scaled[rich] < total) {
      large.pop_back();
      small.push_back(rich);
    }
  }
}

}  // namespace calve::produce
