#include "calve/produce/pace.h"

#include <algorithm>

namespace calve::produce {
namespace {

constexpr std::uint64_t kSecondNs = 1'000'000'000;

}  // namespace

Pace::Pace(std::optional<std::uint64_t> rate, Time start) : rate_(rate), start_(start) {}

std::chrono::nanoseconds Pace::span_of(std::uint64_t events) const {
  return std::chrono::nanoseconds(events / *rate_ * kSecondNs + events % *rate_ * kSecondNs / *rate_);
}

std::uint32_t Pace::take(Time now) {
  if (!rate_) return kBatchMax;
  // One more than the burst, or a slow rate's bucket would never hold a whole event.
  const auto full = kBurstMax + span_of(1);
  if (now - (start_ + span_of(taken_)) > full) {
    start_ = now - full;
    taken_ = 0;
  }
  if (now < start_) return 0;
  const auto elapsed_ns = static_cast<std::uint64_t>(std::chrono::nanoseconds(now - start_).count());
  const std::uint64_t due = elapsed_ns / kSecondNs * *rate_ + elapsed_ns % kSecondNs * *rate_ / kSecondNs;
  if (due <= taken_) return 0;
  const auto batch = static_cast<std::uint32_t>(std::min<std::uint64_t>(due - taken_, kBatchMax));
  taken_ += batch;
  return batch;
}

std::chrono::milliseconds Pace::wait(Time now) const {
  if (!rate_) return std::chrono::milliseconds(0);
  const auto until_next = std::chrono::ceil<std::chrono::milliseconds>(start_ + span_of(taken_ + 1) - now);
  return std::max(until_next, std::chrono::milliseconds(1));
}

}  // namespace calve::produce
