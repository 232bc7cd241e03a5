#include "calve/runtime/watchdog.h"

#include <atomic>
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "calve/runtime/pipeline_under_test.h"

namespace calve::runtime {
namespace {

// Says how often it was looked at: a watchdog looks once in each of its periods.
class WatchedClock final : public Clock {
 public:
  Timestamp now() const override { return clock.now(); }
  std::chrono::steady_clock::time_point steady_now() const override {
    ++looks_;
    return clock.steady_now();
  }
  void wait_for_a_look() const {
    // The first may have begun before the call.
    const int before = looks_;
    EXPECT_TRUE(wait_until([&] { return looks_ >= before + 2; }));
  }

  TurnedClock clock;

 private:
  mutable std::atomic<int> looks_ = 0;
};

int count(const std::string& text, std::string_view part) {
  int found = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
    ++found;
  return found;
}

TEST(WatchdogTest, ComplainsOnceRepeatsAfterAWhileAndSaysWhenItIsOver) {
  WatchedClock clock;
  Health health(Milliseconds(3'000));
  testing::internal::CaptureStderr();
  {
    const Watchdog watchdog(health, clock, Milliseconds(1));
    clock.wait_for_a_look();
    health.saw_input(clock.clock.steady_now());
    clock.clock.turn(Milliseconds(2'999));
    clock.wait_for_a_look();
    health.set_problem("S3 does not answer");
    clock.wait_for_a_look();  // complains
    clock.wait_for_a_look();
    clock.clock.turn(Watchdog::kRepeatAfter - Milliseconds(1));
    clock.wait_for_a_look();
    clock.clock.turn(Milliseconds(1));
    clock.wait_for_a_look();  // complains again
    clock.wait_for_a_look();
    health.committed();
    clock.wait_for_a_look();  // over
    clock.wait_for_a_look();
  }
  const std::string log = testing::internal::GetCapturedStderr();
  EXPECT_EQ(count(log, "the stream does not get on: "), 2) << log;
  EXPECT_EQ(count(log, "S3 does not answer"), 2) << log;
  EXPECT_EQ(count(log, "the stream gets on again"), 1) << log;
}

TEST(WatchdogTest, EndsAtOnceWhateverItsPeriod) {
  Health health(Milliseconds(3'000));
  const auto begun = std::chrono::steady_clock::now();
  {
    const Watchdog watchdog(health, system_clock(), std::chrono::hours(1));
  }
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(10));
}

}  // namespace
}  // namespace calve::runtime
