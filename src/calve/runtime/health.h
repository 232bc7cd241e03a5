// Whether the stream gets on, and if not, why: what /healthz and the watchdog say.

#pragma once

#include <chrono>
#include <mutex>
#include <optional>
#include <string>

#include "calve/base/time.h"

namespace calve::runtime {

// Safe from any thread.
class Health {
 public:
  using SteadyTime = std::chrono::steady_clock::time_point;

  // Unhealthy when events wait for a commit longer than this.
  explicit Health(Milliseconds wait_max) : wait_max_(wait_max) {}

  void saw_input(SteadyTime now);
  // By this process, or by another one that read the same events.
  void committed();
  // What stands in the way of commits: "S3 does not answer: ...". Until the next one.
  void set_problem(std::string problem);
  // What stands in the way of reading, empty if nothing does. Apart, for a stream that is idle has no commit
  // to end it.
  void set_source_problem(std::string problem);

  // What a request met that is being made again: no problem by itself, and the cause to name if events wait
  // too long. Until the next commit.
  void met_obstacle(std::string obstacle);

  struct Report {
    bool is_healthy = true;
    std::string reason;  // one sentence, empty when all is well

    bool operator==(const Report&) const = default;
  };
  Report report(SteadyTime now) const;

 private:
  const Milliseconds wait_max_;
  mutable std::mutex mutex_;
  std::optional<SteadyTime> waiting_since_;
  std::string problem_;
  std::string source_problem_;
  std::string obstacle_;
};

}  // namespace calve::runtime
