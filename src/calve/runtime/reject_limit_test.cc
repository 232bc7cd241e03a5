#include "calve/runtime/reject_limit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace calve::runtime {
namespace {

using testing::AllOf;
using testing::HasSubstr;

const RejectLimitOptions kHalf{.share_max = 0.5, .judged_from = 100};

commit::LedgerRange range(std::int64_t valid, std::int64_t rejected) {
  return {.valid = valid, .rejected = rejected};
}

TEST(RejectLimitTest, JudgesTheShareOfAllPartitionsTogether) {
  struct Case {
    const char* name;
    std::vector<commit::LedgerRange> ranges;
    RejectLimitOptions options;
    bool passes;
  };
  for (const auto& [name, ranges, options, passes] : {
           Case{"nothing", {}, kHalf, true},
           Case{"all good", {range(1'000, 0)}, kHalf, true},
           Case{"exactly the share", {range(50, 50)}, kHalf, true},
           Case{"one over the share", {range(50, 51)}, kHalf, false},
           Case{"too few to judge", {range(0, 99)}, kHalf, true},
           Case{"just enough to judge", {range(0, 100)}, kHalf, false},
           Case{"one bad partition among good ones", {range(0, 90), range(200, 0)}, kHalf, true},
           Case{"few in each, many together", {range(10, 40), range(10, 45)}, kHalf, false},
           Case{"turned off", {range(0, 1'000'000)}, {.share_max = 1, .judged_from = 0}, true},
           Case{"none allowed", {range(999, 1)}, {.share_max = 0, .judged_from = 0}, false},
           Case{"none allowed, and none there", {range(999, 0)}, {.share_max = 0, .judged_from = 0}, true},
       }) {
    const auto judged = RejectLimit(options).check(ranges);
    EXPECT_EQ(judged.has_value(), passes) << name;
    if (!judged) {
      EXPECT_EQ(judged.error().kind, ErrorKind::kInvalidData) << name;
    }
  }
  EXPECT_THAT(RejectLimit(kHalf).check({range(50, 60)}).error().message,
              AllOf(HasSubstr("60 of the newest 110"), HasSubstr("CALVE_REJECTS_MAX_SHARE")));
}

TEST(RejectLimitTest, SmallEpochsAddUp) {
  RejectLimit limit(kHalf);
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(limit.check({range(0, 30)})) << i;
    limit.committed({range(0, 30)});
  }
  EXPECT_TRUE(limit.check({range(0, 9)})) << "99 are too few";
  const auto judged = limit.check({range(0, 10)});
  ASSERT_FALSE(judged);
  EXPECT_THAT(judged.error().message,
              AllOf(HasSubstr("100 of the newest 100"), HasSubstr("last 10 of them were not committed")));
}

TEST(RejectLimitTest, WhatWasJudgedIsNotJudgedAgain) {
  RejectLimit limit(kHalf);
  limit.committed({range(90, 0)});
  ASSERT_TRUE(limit.check({range(0, 20)}));
  limit.committed({range(0, 20)});
  EXPECT_TRUE(limit.check({range(0, 99)})) << "the first 110 were judged, and passed";
}

TEST(RejectLimitTest, ALargeEpochIsJudgedByItself) {
  RejectLimit limit(kHalf);
  limit.committed({range(99, 0)});
  EXPECT_FALSE(limit.check({range(40, 60)})) << "good ones before it do not save it";
  limit.committed({range(0, 60)});
  EXPECT_TRUE(limit.check({range(100, 0)})) << "and bad ones do not harm it";
}

}  // namespace
}  // namespace calve::runtime
