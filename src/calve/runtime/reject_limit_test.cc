#include "calve/runtime/reject_limit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace calve::runtime {
namespace {

commit::LedgerRange range(std::int64_t valid, std::int64_t rejected) {
  return {.valid = valid, .rejected = rejected};
}

TEST(RejectLimitTest, JudgesTheShareOfAllPartitionsTogether) {
  struct Case {
    const char* name;
    std::vector<commit::LedgerRange> ranges;
    RejectLimit limit;
    bool passes;
  };
  const RejectLimit half{.share_max = 0.5, .judged_from = 100};
  for (const auto& [name, ranges, limit, passes] : {
           Case{"nothing", {}, half, true},
           Case{"all good", {range(1'000, 0)}, half, true},
           Case{"exactly the share", {range(50, 50)}, half, true},
           Case{"one over the share", {range(50, 51)}, half, false},
           Case{"too few to judge", {range(0, 99)}, half, true},
           Case{"just enough to judge", {range(0, 100)}, half, false},
           Case{"one bad partition among good ones", {range(0, 90), range(200, 0)}, half, true},
           Case{"few in each, many together", {range(10, 40), range(10, 45)}, half, false},
           Case{"turned off", {range(0, 1'000'000)}, {.share_max = 1, .judged_from = 0}, true},
           Case{"none allowed", {range(999, 1)}, {.share_max = 0, .judged_from = 0}, false},
           Case{"none allowed, and none there", {range(999, 0)}, {.share_max = 0, .judged_from = 0}, true},
       }) {
    const auto judged = check_reject_limit(ranges, limit);
    EXPECT_EQ(judged.has_value(), passes) << name;
    if (!judged) {
      EXPECT_EQ(judged.error().kind, ErrorKind::kInvalidData) << name;
    }
  }
  EXPECT_THAT(check_reject_limit({range(50, 60)}, half).error().message,
              testing::AllOf(testing::HasSubstr("60 of 110"), testing::HasSubstr("CALVE_REJECTS_MAX_SHARE")));
}

}  // namespace
}  // namespace calve::runtime
