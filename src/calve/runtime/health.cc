#include "calve/runtime/health.h"

#include <utility>

#include <fmt/format.h>

namespace calve::runtime {

void Health::saw_input(SteadyTime now) {
  const std::lock_guard lock(mutex_);
  if (!waiting_since_) waiting_since_ = now;
}

void Health::committed() {
  const std::lock_guard lock(mutex_);
  waiting_since_.reset();
  problem_.clear();
  obstacle_.clear();
}

void Health::set_problem(std::string problem) {
  const std::lock_guard lock(mutex_);
  problem_ = std::move(problem);
}

void Health::set_source_problem(std::string problem) {
  const std::lock_guard lock(mutex_);
  source_problem_ = std::move(problem);
}

void Health::met_obstacle(std::string obstacle) {
  const std::lock_guard lock(mutex_);
  obstacle_ = std::move(obstacle);
}

Health::Report Health::report(SteadyTime now) const {
  const std::lock_guard lock(mutex_);
  const std::string& problem = problem_.empty() ? source_problem_ : problem_;
  if (waiting_since_ && now - *waiting_since_ > wait_max_) {
    const std::string& cause = problem.empty() ? obstacle_ : problem;
    const auto waited = std::chrono::duration_cast<std::chrono::seconds>(now - *waiting_since_);
    return {.is_healthy = false,
            .reason = fmt::format("events were read and nothing was committed for {} s: {}", waited.count(),
                                  cause.empty() ? "no cause is known; the log before this may tell" : cause)};
  }
  return {.is_healthy = problem.empty(), .reason = problem};
}

}  // namespace calve::runtime
