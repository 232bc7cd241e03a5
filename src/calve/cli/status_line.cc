#include "calve/cli/status_line.h"

#include <utility>

#include "calve/base/retry.h"

namespace calve::cli {
namespace {

constexpr const char* kBackAndClear = "\r\x1b[K";

}  // namespace

StatusLine::StatusLine(std::ostream& to, Screen screen, std::function<std::string()> text)
    : to_(to), screen_(screen), text_(std::move(text)), thread_([this](const std::stop_token& stop) {
        const Milliseconds period = screen_ == Screen::kTerminal ? kTerminalPeriod : kPlainPeriod;
        while (sleep_unless_stopped(period, stop))
          show();
      }) {}

StatusLine::~StatusLine() {
  thread_.request_stop();
  thread_.join();
  if (screen_ == Screen::kTerminal) {
    show();
    to_ << '\n' << std::flush;
  }
}

void StatusLine::show() const {
  const std::string text = text_();
  if (screen_ == Screen::kTerminal) {
    to_ << kBackAndClear << text << std::flush;
  } else {
    to_ << text << '\n' << std::flush;
  }
}

}  // namespace calve::cli
