// When orders are placed, if it is not now: busy evenings, quiet nights.

#pragma once

#include <array>
#include <cstdint>

#include "calve/base/time.h"
#include "calve/produce/prng.h"

namespace calve::produce {

// Gives times that never go back, from `start` on: in each day about `orders_per_day` of them, spread
// over the hours (UTC) as shops see them. The same seed, start and rate give the same times.
class OrderClock {
 public:
  static constexpr std::uint64_t kOrdersPerDayMin = 1'000;  // below, a night has no orders at all
  static constexpr std::uint64_t kOrdersPerDayMax = 10'000'000'000;

  struct Options {
    std::uint64_t seed = 1;
    Timestamp start;                           // not before 1970
    std::uint64_t orders_per_day = 1'000'000;  // kOrdersPerDayMin .. kOrdersPerDayMax
  };

  explicit OrderClock(const Options& options);

  Timestamp next() {
    if (now_ns_ >= hour_end_ns_) enter_hour();
    now_ns_ += prng_.below_wide(gap_twice_ns_);
    return timestamp_from_micros(static_cast<std::int64_t>(now_ns_ / 1'000));
  }

 private:
  void enter_hour();

  Prng prng_;
  std::array<std::uint64_t, 24> gap_twice_by_hour_ns_{};  // of the mean gap: gaps are even in [0, twice)
  std::uint64_t now_ns_ = 0;
  std::uint64_t hour_end_ns_ = 0;
  std::uint64_t gap_twice_ns_ = 0;
};

}  // namespace calve::produce
