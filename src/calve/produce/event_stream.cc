#include "calve/produce/event_stream.h"

#include <chrono>
#include <utility>

namespace calve::produce {
namespace {

constexpr std::uint64_t kRememberEvery = 16;
constexpr std::size_t kRememberedMax = 64;

constexpr Microseconds kLateMin = std::chrono::hours(1);

}  // namespace

EventStream::EventStream(EventStreamOptions options)
    : options_(std::move(options)),
      generator_(options_.generator),
      prng_(options_.generator.seed, 5),
      buffer_(kOrderJsonBytesMax) {
  if (options_.fault_classes.empty()) {
    options_.fault_classes.assign(all_fault_classes().begin(), all_fault_classes().end());
  }
}

Event EventStream::next(Timestamp now) {
  const Event::Kind kind = draw_kind();
  if (kind == Event::Kind::kDuplicate) {
    const Sent& again = remembered_[prng_.below(remembered_.size())];
    return {.kind = kind, .key = again.key, .payload = again.payload};
  }
  if (kind == Event::Kind::kLate) {
    const Microseconds late_max = std::chrono::days(options_.late_days_max);
    now -= kLateMin + Microseconds(prng_.below_wide((late_max - kLateMin).count()));
  }

  generator_.next(now, order_);
  const std::string_view valid(buffer_.data(), write_json(order_, buffer_.data()));
  Event event{.kind = kind, .key = order_.customer->id, .payload = valid};
  if (kind == Event::Kind::kInvalid) {
    event.fault = options_.fault_classes[prng_.below(options_.fault_classes.size())];
    broken_ = valid;
    break_event(event.fault, order_, prng_, broken_);
    event.payload = broken_;
    return event;
  }
  if (options_.duplicates > Share{}) remember(event.key, valid);
  return event;
}

Event::Kind EventStream::draw_kind() {
  std::uint32_t left = prng_.below(Share::kWhole);
  const auto falls_in = [&left](Share share) {
    const bool inside = left < share.per_million;
    left -= inside ? 0 : share.per_million;
    return inside;
  };
  if (falls_in(options_.invalid)) return Event::Kind::kInvalid;
  if (falls_in(options_.late)) return Event::Kind::kLate;
  // Nothing can come again before something came.
  if (falls_in(options_.duplicates) && !remembered_.empty()) return Event::Kind::kDuplicate;
  return Event::Kind::kPlain;
}

void EventStream::remember(std::string_view key, std::string_view payload) {
  const std::uint64_t number = valid_count_++;
  if (number % kRememberEvery != 0) return;
  const std::size_t slot = number / kRememberEvery % kRememberedMax;
  if (slot == remembered_.size()) remembered_.emplace_back();
  remembered_[slot].key = key;
  remembered_[slot].payload = payload;
}

}  // namespace calve::produce
