// Few customers and products make most of the orders.

#pragma once

#include <cstdint>
#include <vector>

#include "calve/produce/prng.h"

namespace calve::produce {

// Draws a rank 0 .. count-1, where rank r has weight 1 / (r + flatness), the law of Zipf and
// Mandelbrot: the larger `flatness`, the less the first ranks stand out. Constant time for a draw
// (Vose's alias method, in integers). Immutable once made, so any thread may draw.
class SkewedPicker {
 public:
  // Both at least 1.
  SkewedPicker(std::uint32_t count, std::uint32_t flatness);

  std::uint32_t draw(Prng& prng) const {
    const std::uint64_t bits = prng.next();
    const auto slot = static_cast<std::uint32_t>(((bits >> 32) * slots_.size()) >> 32);
    const Slot& chosen = slots_[slot];
    return static_cast<std::uint32_t>(bits) < chosen.keep_below ? slot : chosen.other;
  }

 private:
  struct Slot {
    std::uint32_t keep_below = UINT32_MAX;  // of 2^32
    std::uint32_t other = 0;
  };

  std::vector<Slot> slots_;
};

}  // namespace calve::produce
