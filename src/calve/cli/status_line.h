// One line that tells how a long command gets on: rewritten in place on a terminal, a plain line now and
// then elsewhere.

#pragma once

#include <chrono>
#include <functional>
#include <ostream>
#include <string>
#include <thread>

#include "calve/base/time.h"
#include "calve/cli/command.h"

namespace calve::cli {

// From construction to destruction, on a thread of its own. `text` is called from there.
class StatusLine {
 public:
  static constexpr Milliseconds kTerminalPeriod{200};
  static constexpr Milliseconds kPlainPeriod{10'000};

  StatusLine(std::ostream& to, Screen screen, std::function<std::string()> text);
  // Leaves the last state on the screen.
  ~StatusLine();
  StatusLine(const StatusLine&) = delete;
  StatusLine& operator=(const StatusLine&) = delete;

 private:
  void show() const;

  std::ostream& to_;
  const Screen screen_;
  const std::function<std::string()> text_;
  std::jthread thread_;
};

}  // namespace calve::cli
