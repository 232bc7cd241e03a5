#include "calve/runtime/health.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace calve::runtime {
namespace {

using testing::HasSubstr;

constexpr Health::SteadyTime kStart{std::chrono::hours(5)};
constexpr Milliseconds kWaitMax{3'000};

TEST(HealthTest, EventsMayWaitSoLongForACommit) {
  Health health(kWaitMax);
  EXPECT_EQ(health.report(kStart + std::chrono::hours(99)), Health::Report{}) << "nothing waits";
  health.saw_input(kStart);
  health.saw_input(kStart + Milliseconds(2'999));
  EXPECT_TRUE(health.report(kStart + kWaitMax).is_healthy);
  const auto late = health.report(kStart + kWaitMax + Milliseconds(1));
  EXPECT_FALSE(late.is_healthy) << "the first of the events has waited, whatever came after it";
  EXPECT_THAT(late.reason, HasSubstr("for 3 s"));

  health.committed();
  EXPECT_EQ(health.report(kStart + kWaitMax + Milliseconds(1)), Health::Report{});
  health.saw_input(kStart + Milliseconds(10'000));
  EXPECT_TRUE(health.report(kStart + Milliseconds(13'000)).is_healthy) << "a new wait";
  EXPECT_FALSE(health.report(kStart + Milliseconds(13'001)).is_healthy);
}

TEST(HealthTest, AnObstacleIsNoProblemUntilEventsWaitTooLong) {
  Health health(kWaitMax);
  health.saw_input(kStart);
  health.met_obstacle("S3 answers HTTP 503");
  EXPECT_TRUE(health.report(kStart + kWaitMax).is_healthy) << "the request is being made again";
  EXPECT_THAT(health.report(kStart + Milliseconds(4'000)).reason, HasSubstr("S3 answers HTTP 503"));
  health.set_problem("the commit is unclear");
  EXPECT_THAT(health.report(kStart + Milliseconds(4'000)).reason, HasSubstr("the commit is unclear"));
  health.committed();
  health.saw_input(kStart);
  EXPECT_THAT(health.report(kStart + Milliseconds(4'000)).reason, HasSubstr("no cause is known"));
}

TEST(HealthTest, SaysWhatStandsInTheWay) {
  Health health(kWaitMax);
  health.set_problem("S3 does not answer");
  EXPECT_EQ(health.report(kStart), (Health::Report{.is_healthy = false, .reason = "S3 does not answer"}));
  health.saw_input(kStart);
  EXPECT_THAT(health.report(kStart + Milliseconds(75'000)).reason,
              testing::AllOf(HasSubstr("for 75 s"), HasSubstr("S3 does not answer")));
  health.committed();
  EXPECT_EQ(health.report(kStart), Health::Report{}) << "a commit proves the problem gone";
}

TEST(HealthTest, ASourceProblemIsOverWhenTheSourceSaysSo) {
  Health health(kWaitMax);
  health.set_source_problem("no broker answers");
  health.committed();
  EXPECT_EQ(health.report(kStart).reason, "no broker answers") << "no commit proves that gone";
  health.set_problem("S3 does not answer");
  EXPECT_EQ(health.report(kStart).reason, "S3 does not answer") << "it is the nearer one";
  health.committed();
  health.set_source_problem("");
  EXPECT_EQ(health.report(kStart), Health::Report{});
}

}  // namespace
}  // namespace calve::runtime
