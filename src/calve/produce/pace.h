// How many events are due.

#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace calve::produce {

// A bucket of tokens: it fills at the rate and holds kBurstMax worth of them, so that a pause is made
// up for only that far. Without a rate everything is due. Time comes in as an argument. One owner.
class Pace {
 public:
  using Time = std::chrono::steady_clock::time_point;

  static constexpr std::uint32_t kBatchMax = 1'000;  // events between two looks at the clock
  static constexpr std::chrono::milliseconds kBurstMax{100};
  static constexpr std::uint64_t kRateMax = 100'000'000;  // events a second

  // `rate` is 1 .. kRateMax events a second.
  Pace(std::optional<std::uint64_t> rate, Time start);

  // 0 .. kBatchMax events that may go now; they count as gone.
  std::uint32_t take(Time now);

  // Until at least one is due, a millisecond or more: to be called after take() gave 0.
  std::chrono::milliseconds wait(Time now) const;

 private:
  std::chrono::nanoseconds span_of(std::uint64_t events) const;

  std::optional<std::uint64_t> rate_;
  Time start_;               // events that are due are counted from here
  std::uint64_t taken_ = 0;  // since start_
};

}  // namespace calve::produce
