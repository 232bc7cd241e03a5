// SIGINT and SIGTERM as a stop token.

#pragma once

#include <stop_token>
#include <thread>

namespace calve::cli {

// Make it before any other thread: the signals are blocked in every thread that comes after. The first
// one requests a stop; a second one ends the process at once, as the user then wants.
class StopSignals {
 public:
  StopSignals();
  ~StopSignals();
  std::stop_token token() const { return source_.get_token(); }

 private:
  std::stop_source source_;
  std::jthread waiter_;
};

}  // namespace calve::cli
