#include "calve/cli/offset_set.h"

#include <iterator>
#include <random>
#include <set>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace calve::cli {
namespace {

using testing::ElementsAre;

std::vector<std::int64_t> all(const OffsetSet& set) {
  std::vector<std::int64_t> offsets;
  set.for_each([&](std::int64_t offset) { offsets.push_back(offset); });
  return offsets;
}

// Chunks that stay lists, that become bits, and that lie far apart.
class OffsetSetAgainstStdSet : public testing::TestWithParam<std::int64_t> {};

TEST_P(OffsetSetAgainstStdSet, AgreesOnEveryAnswer) {
  const std::int64_t range = GetParam();
  std::mt19937_64 random(7);
  OffsetSet set;
  std::set<std::int64_t> expected;
  for (int step = 0; step < 30'000; ++step) {
    const auto offset = static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(range));
    if (random() % 4 == 0) {
      ASSERT_EQ(set.erase(offset), expected.erase(offset) == 1) << "erase " << offset << " of " << range;
    } else {
      ASSERT_EQ(set.insert(offset), expected.insert(offset).second) << "insert " << offset << " of " << range;
    }
  }
  EXPECT_EQ(all(set), std::vector<std::int64_t>(expected.begin(), expected.end()));
  for (int probe = 0; probe < 200; ++probe) {
    const auto from = static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(range));
    const auto to = from + static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(range));
    ASSERT_EQ(set.count(from, to), std::distance(expected.lower_bound(from), expected.lower_bound(to)))
        << "[" << from << ", " << to << ") of " << range;
    ASSERT_EQ(set.contains(from), expected.contains(from)) << from;
  }
}

INSTANTIATE_TEST_SUITE_P(Ranges, OffsetSetAgainstStdSet,
                         testing::Values(50, 20'000, 65'536, 200'000, std::int64_t{1} << 24,
                                         std::int64_t{1} << 60));

TEST(OffsetSetTest, AFullChunkIsCountedWithItsEdges) {
  OffsetSet set;
  for (std::int64_t offset = 0; offset < 65'536 + 10; ++offset)
    ASSERT_TRUE(set.insert(offset)) << offset;
  EXPECT_EQ(set.count(0, 65'536), 65'536);
  EXPECT_EQ(set.count(63, 64), 1);
  EXPECT_EQ(set.count(65'535, 65'537), 2);
  EXPECT_EQ(set.count(5, 5), 0);
}

TEST(OffsetSetTest, AMovedSetIsTheSame) {
  OffsetSet set;
  set.insert(5);
  OffsetSet moved = std::move(set);
  moved.insert(6);
  EXPECT_THAT(all(moved), ElementsAre(5, 6));
}

TEST(OffsetCountsTest, TellsOnceFromMoreOften) {
  OffsetCounts counts;
  for (const std::int64_t offset : {1, 2, 2, 3, 3, 3})
    counts.add(offset);
  EXPECT_THAT(all(counts.present()), ElementsAre(1, 2, 3));
  EXPECT_THAT(all(counts.repeated()), ElementsAre(2, 3));
  EXPECT_EQ(counts.take(1), 1);
  EXPECT_EQ(counts.take(1), 0);
  EXPECT_EQ(counts.take(3), 2);
  EXPECT_EQ(counts.take(9), 0);
  EXPECT_THAT(all(counts.present()), ElementsAre(2));
  EXPECT_THAT(all(counts.repeated()), ElementsAre(2));
}

}  // namespace
}  // namespace calve::cli
