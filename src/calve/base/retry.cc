#include "calve/base/retry.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>

#include "calve/base/random.h"

namespace calve {

Milliseconds retry_delay(const RetryPolicy& policy, int attempt) {
  const int doublings = std::min(attempt - 1, 30);
  const auto ceiling =
      std::min<std::int64_t>(policy.delay_max.count(), policy.first_delay.count() << doublings);
  return Milliseconds(random_positive_int64() % (ceiling + 1));
}

bool sleep_unless_stopped(Milliseconds delay, const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any woken;
  std::unique_lock lock(mutex);
  // Without a stop nothing notifies, so a true predicate means the stop.
  return !woken.wait_for(lock, stop, delay, [&] { return stop.stop_requested(); });
}

}  // namespace calve
