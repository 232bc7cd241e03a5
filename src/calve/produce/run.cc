#include "calve/produce/run.h"

#include <algorithm>
#include <optional>

#include "calve/base/retry.h"
#include "calve/produce/order_clock.h"
#include "calve/produce/pace.h"

namespace calve::produce {
namespace {

using SteadyTime = std::chrono::steady_clock::time_point;

class Run {
 public:
  Run(const ProduceOptions& options, const ProduceWorld& world, const OnProgress& on_progress)
      : options_(options),
        world_(world),
        on_progress_(on_progress),
        events_(event_stream_options(options)),
        started_(world.clock.steady_now()),
        pace_(options.rate, started_) {
    summary_.seed = *options.seed;
    if (options.start) {
      order_clock_.emplace(OrderClock::Options{
          .seed = *options.seed, .start = *options.start, .orders_per_day = options.orders_per_day});
    }
    next_progress_ = started_ + kProgressInterval;
    next_flush_ = started_ + kFlushInterval;
  }

  Result<ProduceSummary> until(const std::stop_token& stop) {
    for (SteadyTime now = started_; !stop.stop_requested() && !is_complete(now);
         now = world_.clock.steady_now()) {
      const std::uint32_t batch = next_batch(now);
      if (const auto sent = send(batch); !sent) {
        if (sent.error().kind == ErrorKind::kCancelled) break;
        return std::unexpected(sent.error());
      }
      CALVE_TRY(look_after(now));
      if (batch == 0 && !sleep_unless_stopped(std::min(pace_.wait(now), kFlushInterval), stop)) break;
    }
    CALVE_TRY(world_.sender.close());
    refresh(world_.clock.steady_now());
    return summary_;
  }

 private:
  bool is_complete(SteadyTime now) const {
    return (options_.count && summary_.sent >= *options_.count) ||
           (options_.duration && now - started_ >= *options_.duration);
  }

  std::uint32_t next_batch(SteadyTime now) {
    const std::uint64_t left = options_.count ? *options_.count - summary_.sent : Pace::kBatchMax;
    return static_cast<std::uint32_t>(std::min<std::uint64_t>(pace_.take(now), left));
  }

  Result<void> send(std::uint32_t batch) {
    const Timestamp wall = world_.clock.now();
    for (std::uint32_t at = 0; at < batch; ++at) {
      const Event event = events_.next(order_clock_ ? order_clock_->next() : wall);
      CALVE_TRY(world_.sender.send({.key = event.key, .payload = event.payload}));
      summary_.count(event);
    }
    return {};
  }

  Result<void> look_after(SteadyTime now) {
    if (now >= next_flush_) {
      next_flush_ = now + kFlushInterval;
      CALVE_TRY(world_.sender.flush());
    }
    if (now >= next_progress_) {
      next_progress_ = now + kProgressInterval;
      refresh(now);
      if (on_progress_) on_progress_(summary_);
    }
    return {};
  }

  void refresh(SteadyTime now) {
    summary_.deliveries = world_.sender.deliveries();
    summary_.first_failure = world_.sender.first_failure();
    summary_.elapsed = std::chrono::floor<Milliseconds>(now - started_);
  }

  const ProduceOptions& options_;
  const ProduceWorld& world_;
  const OnProgress& on_progress_;
  EventStream events_;
  SteadyTime started_;  // after events_: making the customers is no part of the run
  Pace pace_;
  std::optional<OrderClock> order_clock_;  // none: orders are placed now
  SteadyTime next_progress_;
  SteadyTime next_flush_;
  ProduceSummary summary_;
};

}  // namespace

Result<ProduceSummary> produce(const ProduceOptions& options, const ProduceWorld& world,
                               const OnProgress& on_progress, const std::stop_token& stop) {
  return Run(options, world, on_progress).until(stop);
}

}  // namespace calve::produce
