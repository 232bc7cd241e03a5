#include "calve/cli/account.h"

#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace calve::cli {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr auto kV = Verdict::kValid;
constexpr auto kR = Verdict::kRejected;
constexpr auto kN = Verdict::kNotJudged;

struct Scene {
  std::vector<std::int64_t> orders;
  std::vector<std::int64_t> rejects;
  std::vector<std::pair<int, Verdict>> records;
  int begin = 0;
  int position = 1'000;
  int rejects_position = 1'000;
};

PartitionAccount account(const Scene& scene) {
  TableRows rows;
  for (const std::int64_t offset : scene.orders)
    rows.orders.add(offset);
  for (const std::int64_t offset : scene.rejects)
    rows.rejects.add(offset);
  Accountant accountant(std::move(rows));
  accountant.begin(Offset(scene.begin));
  for (const auto& [offset, verdict] : scene.records)
    accountant.record(Offset(offset), verdict);
  return accountant.finish({.orders = Offset(scene.position), .rejects = Offset(scene.rejects_position)});
}

std::vector<std::int64_t> examples(const PartitionAccount& account, Fault fault) {
  return account.examples[static_cast<std::size_t>(fault)];
}

TEST(AccountantTest, ExactWhateverTheOrderOfRowsAndTheGapsOfOffsets) {
  const auto exact = account(
      {.orders = {9, 0, 4}, .rejects = {6}, .records = {{0, kV}, {4, kV}, {6, kR}, {9, kV}}, .position = 10});
  EXPECT_EQ(exact.fault_count(), 0);
  EXPECT_EQ(exact.records, 4);
  EXPECT_EQ(exact.valid, 3);
  EXPECT_EQ(exact.rejected, 1);
  EXPECT_EQ(exact.from, Offset(0));
  EXPECT_EQ(exact.to, Offset(10));
}

TEST(AccountantTest, NamesEachKindOfFault) {
  const auto faulty = account({.orders = {0, 2, 2, 3, 5, 7, 90},
                               .rejects = {4, 7, 91},
                               .records = {{0, kV}, {1, kV}, {2, kV}, {3, kR}, {4, kR}, {7, kV}},
                               .position = 8,
                               .rejects_position = 8});
  EXPECT_THAT(examples(faulty, Fault::kMissing), ElementsAre(1));
  EXPECT_THAT(examples(faulty, Fault::kDuplicated), ElementsAre(2, 7));
  EXPECT_THAT(examples(faulty, Fault::kWrongTable), ElementsAre(3));
  EXPECT_THAT(examples(faulty, Fault::kNotInSource), ElementsAre(5));
  EXPECT_THAT(examples(faulty, Fault::kBeyondPosition), ElementsAre(90, 91));
  EXPECT_EQ(faulty.fault_count(), 7);
}

TEST(AccountantTest, CountsAllFaultsAndNamesTheFirst) {
  Scene scene;
  for (int offset = 0; offset < 25; ++offset)
    scene.records.emplace_back(offset, kV);
  const auto faulty = account(scene);
  EXPECT_EQ(faulty.fault_count(), 25);
  EXPECT_THAT(examples(faulty, Fault::kMissing), ElementsAre(0, 1, 2, 3, 4, 5, 6, 7, 8, 9));
}

TEST(AccountantTest, AnEventThatWasNotDecodedMayLieInEitherTable) {
  const auto exact = account({.orders = {0}, .rejects = {1}, .records = {{0, kN}, {1, kN}}});
  EXPECT_EQ(exact.fault_count(), 0);
  EXPECT_EQ(exact.valid, 1);
  EXPECT_EQ(exact.rejected, 1);
}

TEST(AccountantTest, RowsOfDeletedRecordsAreToldApart) {
  const auto kept = account({.orders = {1, 2, 10}, .rejects = {3}, .records = {{10, kV}}, .begin = 10});
  EXPECT_EQ(kept.fault_count(), 0);
  EXPECT_EQ(kept.before_source, 3);
}

TEST(AccountantTest, RowsOfDeletedRecordsAreStillThereOnce) {
  const auto twice = account({.orders = {1, 2, 2}, .rejects = {1}, .records = {}, .begin = 10});
  EXPECT_THAT(examples(twice, Fault::kDuplicated), ElementsAre(2, 1));
}

// A crash between the commits of rejects and orders leaves this.
TEST(AccountantTest, RejectsMayBeAheadUpToTheirOwnPositionAndOnce) {
  const auto ahead = account({.orders = {0},
                              .rejects = {5, 6, 7, 7, 8},
                              .records = {{0, kV}},
                              .position = 5,
                              .rejects_position = 8});
  EXPECT_EQ(ahead.rejects_ahead, 3);
  EXPECT_THAT(examples(ahead, Fault::kDuplicated), ElementsAre(7));
  EXPECT_THAT(examples(ahead, Fault::kBeyondPosition), ElementsAre(8));
}

TEST(AccountantTest, OrdersMayNotBeAhead) {
  const auto ahead = account({.orders = {5}, .position = 5, .rejects_position = 9});
  EXPECT_THAT(examples(ahead, Fault::kBeyondPosition), ElementsAre(5));
}

TEST(AccountantTest, APartitionThatWasNeverReadHasNoRows) {
  TableRows rows;
  rows.orders.add(3);
  const auto stray = Accountant(std::move(rows)).finish({});
  EXPECT_EQ(stray.from, std::nullopt);
  EXPECT_THAT(examples(stray, Fault::kBeyondPosition), ElementsAre(3));
  EXPECT_THAT(examples(stray, Fault::kMissing), IsEmpty());
}

}  // namespace
}  // namespace calve::cli
