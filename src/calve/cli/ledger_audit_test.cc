#include "calve/cli/ledger_audit.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "calve/commit/ledger.h"

namespace calve::cli {
namespace {

using commit::LedgerRange;

constexpr const char* kPipeline = "orders";

LedgerRange range(int partition, int from, int to, int valid = 0, int rejected = 0) {
  return {.partition = PartitionId(partition),
          .from = Offset(from),
          .to = Offset(to),
          .valid = valid,
          .rejected = rejected};
}

// A snapshot for each ledger, oldest first; an empty one carries none. `expired` snapshots are gone.
iceberg::TableMetadata table_of(const std::vector<std::vector<LedgerRange>>& ledgers,
                                std::size_t expired = 0) {
  iceberg::TableMetadata table;
  commit::Position position;
  for (std::size_t i = 0; i < ledgers.size(); ++i) {
    const auto number = static_cast<std::int64_t>(i) + 1;
    iceberg::Snapshot snapshot{.id = SnapshotId(number), .sequence_number = iceberg::SequenceNumber(number)};
    if (i > 0) snapshot.parent_id = SnapshotId(number - 1);
    const commit::Ledger ledger{.pipeline = kPipeline, .source = {.topic = "t"}, .ranges = ledgers[i]};
    if (!ledgers[i].empty()) commit::write_ledger(ledger, snapshot.summary);
    position = commit::advance(position, ledger);
    if (i >= expired) table.snapshots.push_back(snapshot);
    table.current_snapshot_id = snapshot.id;
  }
  const auto last = static_cast<std::int64_t>(ledgers.size());
  table.properties[commit::position_property_name(kPipeline)] =
      commit::position_property(position, SnapshotId(last), iceberg::SequenceNumber(last));
  return table;
}

std::int64_t chain_complaints(const iceberg::TableMetadata& table) {
  Complaints complaints;
  EXPECT_TRUE(check_ledger_chain(table, kPipeline, complaints));
  return complaints.empty() ? 0 : complaints.by_kind().at(kLedgerChain).count;
}

TEST(LedgerChainTest, FollowsEachPartitionByItself) {
  struct Case {
    const char* what;
    std::vector<std::vector<LedgerRange>> ledgers;
    std::int64_t complaints;
  };
  const std::vector<Case> cases = {
      {"in a row", {{range(0, 0, 5), range(1, 0, 3)}, {range(0, 5, 9)}, {range(1, 3, 4)}}, 0},
      {"a foreign snapshot in between", {{range(0, 0, 5)}, {}, {range(0, 5, 9)}}, 0},
      {"a gap", {{range(0, 0, 5)}, {range(0, 6, 9)}}, 1},
      {"an overlap", {{range(0, 0, 5)}, {range(0, 4, 9)}}, 1},
      {"the same twice", {{range(0, 0, 5)}, {range(0, 0, 5)}}, 1},
      {"two partitions, one with a gap",
       {{range(0, 0, 5), range(1, 0, 5)}, {range(0, 5, 6), range(1, 7, 8)}},
       1},
  };
  for (const Case& c : cases)
    EXPECT_EQ(chain_complaints(table_of(c.ledgers)), c.complaints) << c.what;
}

TEST(LedgerChainTest, ExpiredSnapshotsAreNoGap) {
  EXPECT_EQ(chain_complaints(table_of({{range(0, 0, 5)}, {range(0, 6, 9)}, {range(0, 9, 12)}}, 1)), 0);
}

TEST(LedgerChainTest, TheNewestRangeEndsAtThePosition) {
  auto table = table_of({{range(0, 0, 5)}});
  table.properties[commit::position_property_name(kPipeline)] =
      commit::position_property({.source = batch::LogIdentity{}, .next = {{PartitionId(0), Offset(6)}}},
                                SnapshotId(1), iceberg::SequenceNumber(1));
  EXPECT_EQ(chain_complaints(table), 1);
}

TEST(LedgerCountsTest, ComparesBothTables) {
  struct Case {
    const char* what;
    LedgerRange claimed;
    std::int64_t complaints;
  };
  // Partition 0 holds the orders 0, 1, 2 (twice) and the reject 3.
  RowsByPartition rows;
  for (const std::int64_t offset : {0, 1, 2, 2})
    rows[PartitionId(0)].orders.add(offset);
  rows[PartitionId(0)].rejects.add(3);
  for (const Case& c :
       {Case{"as it is", range(0, 0, 4, 4, 1), 0}, Case{"part of it", range(0, 0, 2, 2, 0), 0},
        Case{"one order less", range(0, 0, 4, 3, 1), 1}, Case{"one reject more", range(0, 0, 4, 4, 2), 1},
        Case{"a partition without rows", range(7, 0, 4, 1, 0), 1},
        Case{"an empty range", range(7, 0, 4, 0, 0), 0}}) {
    Complaints complaints;
    ASSERT_TRUE(check_ledger_counts(table_of({{c.claimed}}), kPipeline, rows, complaints));
    EXPECT_EQ(complaints.empty() ? 0 : complaints.by_kind().at(kLedgerCounts).count, c.complaints) << c.what;
  }
}

}  // namespace
}  // namespace calve::cli
