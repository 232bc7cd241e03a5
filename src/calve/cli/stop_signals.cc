#include "calve/cli/stop_signals.h"

#include <cstdlib>

#include <pthread.h>
#include <signal.h>

namespace calve::cli {
namespace {

constexpr int kWakeUp = SIGUSR1;  // ends the wait when the process is done by itself

sigset_t awaited_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, kWakeUp);
  return signals;
}

}  // namespace

StopSignals::StopSignals() {
  const sigset_t signals = awaited_signals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  // A reader of our output that goes away is an error of write(2), not the end of the process.
  ::signal(SIGPIPE, SIG_IGN);
  waiter_ = std::jthread([this, signals] {
    int signal = 0;
    while (sigwait(&signals, &signal) == 0 && signal != kWakeUp) {
      if (source_.stop_requested()) std::_Exit(128 + signal);
      source_.request_stop();
    }
  });
}

StopSignals::~StopSignals() {
  pthread_kill(waiter_.native_handle(), kWakeUp);
}

}  // namespace calve::cli
