// Never silent: says in the log when the stream stops getting on, why, and when it goes on again.

#pragma once

#include <thread>

#include "calve/base/time.h"
#include "calve/runtime/health.h"

namespace calve::runtime {

// A thread of its own, because the coordinator may be the one that is stuck.
class Watchdog {
 public:
  // Looks every `period`; repeats a standing complaint every kRepeatAfter. Both outlive the watchdog.
  Watchdog(const Health& health, const Clock& clock, Milliseconds period);

  static constexpr Milliseconds kRepeatAfter{30'000};

 private:
  std::jthread thread_;
};

}  // namespace calve::runtime
