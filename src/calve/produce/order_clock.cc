#include "calve/produce/order_clock.h"

#include <numeric>

namespace calve::produce {
namespace {

constexpr std::uint64_t kHourNs = 3'600'000'000'000;

// Orders in each hour, relative to each other.
constexpr std::array<std::uint64_t, 24> kHours = {30,  20,  14,  10,  9,   12,  25,  50,  80,  105, 120, 130,
                                                  140, 135, 130, 128, 130, 140, 160, 185, 195, 170, 120, 72};
constexpr std::uint64_t kHoursTotal = std::accumulate(kHours.begin(), kHours.end(), std::uint64_t{0});

}  // namespace

OrderClock::OrderClock(const Options& options)
    : prng_(options.seed, 4), now_ns_(static_cast<std::uint64_t>(to_micros(options.start)) * 1'000) {
  for (std::size_t hour = 0; hour < kHours.size(); ++hour) {
    gap_twice_by_hour_ns_[hour] = 2 * kHourNs * kHoursTotal / kHours[hour] / options.orders_per_day;
  }
}

void OrderClock::enter_hour() {
  const std::uint64_t hour = now_ns_ / kHourNs;
  hour_end_ns_ = (hour + 1) * kHourNs;
  gap_twice_ns_ = gap_twice_by_hour_ns_[hour % kHours.size()];
}

}  // namespace calve::produce
