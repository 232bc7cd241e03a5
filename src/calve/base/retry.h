// How often and how patiently an operation is tried again. The only retry loop in Calve.

#pragma once

#include <chrono>
#include <functional>
#include <stop_token>

#include "calve/base/result.h"
#include "calve/base/time.h"

namespace calve {

struct RetryPolicy {
  int attempts_max = 8;
  Milliseconds first_delay{50};
  Milliseconds delay_max{5'000};
  Milliseconds total_max{60'000};  // no further attempt starts after this much time
  // Told of each failure after which there is another attempt, from the thread that makes it: what stands
  // in the way while the caller still waits. May be empty.
  std::function<void(const Error&)> on_repeat;
};

// The delay before attempt `attempt` (1 is the first repeat): exponential, with full jitter, so that
// writers that collided once do not collide again in step.
Milliseconds retry_delay(const RetryPolicy& policy, int attempt);

// Sleeps, unless a stop comes first; says whether the whole delay went by.
[[nodiscard]] bool sleep_unless_stopped(Milliseconds delay, const std::stop_token& stop);

// Only these say "it did not happen, and may work later". An unknown outcome is not among them.
inline bool is_retryable(ErrorKind kind) {
  return kind == ErrorKind::kUnreachable || kind == ErrorKind::kUnavailable;
}

// Calls `operation` (returning a Result) until it succeeds, fails for good, the policy is used up or
// a stop is requested; gives the last result.
template <class Operation>
auto retry(const RetryPolicy& policy, const std::stop_token& stop, Operation&& operation) {
  const auto deadline = std::chrono::steady_clock::now() + policy.total_max;
  auto result = operation();
  for (int attempt = 1; attempt < policy.attempts_max; ++attempt) {
    if (result || !is_retryable(result.error().kind)) break;
    if (std::chrono::steady_clock::now() >= deadline) break;
    if (policy.on_repeat) policy.on_repeat(result.error());
    if (!sleep_unless_stopped(retry_delay(policy, attempt), stop)) break;
    result = operation();
  }
  return result;
}

}  // namespace calve
