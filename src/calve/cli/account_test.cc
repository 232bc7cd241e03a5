#include "calve/cli/account.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace calve::cli {
namespace {

using testing::ElementsAre;

PartitionAccount account(TableRows rows, const std::vector<std::pair<int, Verdict>>& records, int begin = 0) {
  Accountant accountant(std::move(rows));
  accountant.begin(Offset(begin));
  for (const auto& [offset, verdict] : records)
    accountant.record(Offset(offset), verdict);
  return accountant.finish();
}

std::vector<std::int64_t> examples(const PartitionAccount& account, Fault fault) {
  return account.examples[static_cast<std::size_t>(fault)];
}

constexpr auto kV = Verdict::kValid;
constexpr auto kR = Verdict::kRejected;

TEST(AccountantTest, ExactWhateverTheOrderOfRowsAndTheGapsOfOffsets) {
  const auto exact = account({.orders = {9, 0, 4}, .rejects = {6}}, {{0, kV}, {4, kV}, {6, kR}, {9, kV}});
  EXPECT_TRUE(exact.is_exact());
  EXPECT_EQ(exact.records, 4);
  EXPECT_EQ(exact.valid, 3);
  EXPECT_EQ(exact.rejected, 1);
}

TEST(AccountantTest, NamesEachKindOfFault) {
  const auto faulty = account({.orders = {0, 2, 2, 3, 5, 7, 90}, .rejects = {4, 7}},
                              {{0, kV}, {1, kV}, {2, kV}, {3, kR}, {4, kR}, {7, kV}});
  EXPECT_FALSE(faulty.is_exact());
  EXPECT_THAT(examples(faulty, Fault::kMissing), ElementsAre(1));
  EXPECT_THAT(examples(faulty, Fault::kDoubled), ElementsAre(2, 7));
  EXPECT_THAT(examples(faulty, Fault::kWrongTable), ElementsAre(3));
  EXPECT_THAT(examples(faulty, Fault::kUnknown), ElementsAre(5, 90));
}

TEST(AccountantTest, RowsOfDeletedRecordsAreToldApart) {
  const auto kept = account({.orders = {1, 2, 10}, .rejects = {3}}, {{10, kV}}, 10);
  EXPECT_TRUE(kept.is_exact());
  EXPECT_EQ(kept.before_source, 3);
}

}  // namespace
}  // namespace calve::cli
