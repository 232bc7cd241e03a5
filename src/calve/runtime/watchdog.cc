#include "calve/runtime/watchdog.h"

#include "calve/base/log.h"
#include "calve/base/retry.h"

namespace calve::runtime {
namespace {

void watch(const Health& health, const Clock& clock, Milliseconds period, const std::stop_token& stop) {
  Health::Report last;
  auto complained = clock.steady_now();
  while (sleep_unless_stopped(period, stop)) {
    const auto now = clock.steady_now();
    const Health::Report report = health.report(now);
    const bool changed = report.is_healthy != last.is_healthy;
    if (report.is_healthy && changed) log::info("the stream gets on again");
    if (!report.is_healthy && (changed || now - complained >= Watchdog::kRepeatAfter)) {
      log::warn("the stream does not get on: {}", report.reason);
      complained = now;
    }
    last = report;
  }
}

}  // namespace

Watchdog::Watchdog(const Health& health, const Clock& clock, Milliseconds period)
    : thread_(
          [&health, &clock, period](const std::stop_token& stop) { watch(health, clock, period, stop); }) {}

}  // namespace calve::runtime
