#include "calve/runtime/time_bins.h"

#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace calve::runtime {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

Timestamp millis(std::int64_t count) {
  return Timestamp(Milliseconds(count));
}

std::vector<std::pair<std::int64_t, std::int64_t>> contents(const TimeBins& bins) {
  std::vector<std::pair<std::int64_t, std::int64_t>> result;
  bins.for_each([&](Timestamp time, std::int64_t count) { result.emplace_back(to_millis(time), count); });
  return result;
}

TEST(TimeBinsTest, CountsByTheMiddleOfABin) {
  TimeBins bins;
  for (const std::int64_t time : {1'000, 1'009, 1'010, 1'000, 995})
    bins.add(millis(time));
  bins.add(millis(1'010), 40);
  EXPECT_THAT(contents(bins), ElementsAre(Pair(995, 1), Pair(1'005, 3), Pair(1'015, 41)));
}

TEST(TimeBinsTest, BeyondItsLimitNewBinsJoinTheOldest) {
  TimeBins bins;
  const auto limit = static_cast<std::int64_t>(TimeBins::kBinsMax);
  for (std::int64_t i = 0; i < limit; ++i)
    bins.add(millis(1'000 + i * 10));
  bins.add(millis(1'000 + limit * 10), 7);
  bins.add(millis(1'000 + 50 * 10), 2);
  const auto counts = contents(bins);
  ASSERT_EQ(counts.size(), TimeBins::kBinsMax);
  EXPECT_THAT(counts[0], Pair(1'005, 8));
  EXPECT_THAT(counts[50], Pair(1'505, 3)) << "a bin that is there goes on counting";
}

TEST(TimeBinsTest, CopiesAndMovesCountByThemselves) {
  TimeBins first;
  first.add(millis(1'000));
  TimeBins second = first;
  second.add(millis(1'000));
  TimeBins third = std::move(first);
  third.add(millis(1'000), 5);
  first.add(
      millis(2'000));  // NOLINT(bugprone-use-after-move): it is empty, as the header's clear() leaves it
  EXPECT_THAT(contents(first), ElementsAre(Pair(2'005, 1)));
  EXPECT_THAT(contents(second), ElementsAre(Pair(1'005, 2)));
  EXPECT_THAT(contents(third), ElementsAre(Pair(1'005, 6)));

  second = std::move(third);
  second.add(millis(1'000));
  EXPECT_THAT(contents(second), ElementsAre(Pair(1'005, 7)));
  second = std::exchange(third, {});
  second.clear();
  EXPECT_THAT(contents(second), IsEmpty());
  second.add(millis(1'000));
  EXPECT_THAT(contents(second), ElementsAre(Pair(1'005, 1)));
}

}  // namespace
}  // namespace calve::runtime
