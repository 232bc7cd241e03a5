// Several writers' epochs in one snapshot, as Flink's subtasks make them.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "calve/commit/commit_under_test.h"
#include "calve/storage/faulty_store.h"

namespace calve::commit {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

class JoinedEpochsTest : public testing::Test {
 protected:
  // An epoch over partition 0, and beside it another writer's over partition 1 that joins it.
  void fill_two(Committer& committer, std::int64_t from, std::int64_t to) {
    leader_ = committer.open_epoch();
    contents_ = warehouse_.fill(*leader_, {{.partition = 0, .from = from, .to = to, .rejected = 1}});
    const auto other = committer.open_epoch();
    EpochContents joined = warehouse_.fill(*other, {{.partition = 1, .from = from, .to = to, .rejected = 2}});
    contents_.ranges.push_back(joined.ranges.front());
    contents_.orders_files.push_back(joined.orders_files.front());
    contents_.rejects_files.push_back(joined.rejects_files.front());
    contents_.joined.push_back(other->journal());
  }

  WarehouseUnderTest warehouse_;
  std::unique_ptr<Epoch> leader_;
  EpochContents contents_;
};

TEST_F(JoinedEpochsTest, ShareOneSnapshotAndCloseEveryJournal) {
  const auto committer = warehouse_.resumed_committer();
  fill_two(*committer, 0, 10);

  const auto committed = committer->commit(*leader_, contents_, {});

  ASSERT_TRUE(committed) << committed.error().message;
  const iceberg::TableMetadata orders = warehouse_.orders();
  EXPECT_THAT(orders.snapshots, SizeIs(1));
  EXPECT_EQ(warehouse_.order_rows(), 17);
  EXPECT_EQ(warehouse_.reject_rows(), 3);
  const auto ledger = read_ledger(orders.snapshots.front().summary, "orders");
  ASSERT_TRUE(ledger && *ledger);
  EXPECT_EQ((*ledger)->joined_epochs, std::vector{contents_.joined.front().epoch});
  EXPECT_THAT(read_journals(warehouse_.store, orders.location).value(), IsEmpty());
  EXPECT_THAT(warehouse_.stray_objects(), IsEmpty());
}

TEST_F(JoinedEpochsTest, CommittedAgainFromTheirSealedFormFindThemselves) {
  const auto committer = warehouse_.resumed_committer();
  fill_two(*committer, 0, 10);
  const Journal sealed = leader_->journal();
  ASSERT_TRUE(committer->commit(*leader_, contents_, {}));

  const auto restarted = warehouse_.resumed_committer();
  Epoch again(warehouse_.store, sealed);
  const auto committed = restarted->commit(again, contents_, {});

  ASSERT_TRUE(committed) << committed.error().message;
  EXPECT_THAT(warehouse_.orders().snapshots, SizeIs(1));
  EXPECT_THAT(warehouse_.stray_objects(), IsEmpty());
}

TEST_F(JoinedEpochsTest, AreNotCleanedUpWhenTheirSnapshotHoldsThem) {
  const auto committer = warehouse_.resumed_committer();
  fill_two(*committer, 0, 10);
  ASSERT_TRUE(committer->commit(*leader_, contents_, {}));
  // The writer died before it closed the journals.
  for (const Journal& journal : {leader_->journal(), contents_.joined.front()}) {
    ASSERT_TRUE(warehouse_.store.write(journal_path(journal.tables.front().location, journal.epoch),
                                       serialize_journal(journal)));
  }

  const auto heir = warehouse_.resumed_committer();
  ASSERT_TRUE(warehouse_.commit(*heir, {{.partition = 0, .from = 10, .to = 20}}));
  const auto own = heir->open_epoch();
  EXPECT_EQ(heir->clean_up(*own, {}), 0u);

  EXPECT_EQ(warehouse_.order_rows(), 27);
  for (const std::string& path : warehouse_.live_files(warehouse_.orders()))
    EXPECT_TRUE(warehouse_.store.read(path)) << path << " is referred to and was deleted";
  EXPECT_THAT(warehouse_.stray_objects(), IsEmpty());
}

TEST_F(JoinedEpochsTest, FencedOnesAreGivenUpWhole) {
  const auto committer = warehouse_.resumed_committer();
  fill_two(*committer, 0, 10);
  const auto other = warehouse_.resumed_committer();
  ASSERT_TRUE(warehouse_.commit(*other, {{.partition = 1, .from = 0, .to = 5}}));

  const auto committed = committer->commit(*leader_, contents_, {});

  ASSERT_FALSE(committed);
  EXPECT_EQ(committed.error().kind, ErrorKind::kFenced);
  EXPECT_EQ(warehouse_.order_rows(), 5);
  EXPECT_THAT(warehouse_.stray_objects(), IsEmpty());
}

TEST_F(JoinedEpochsTest, TheOldestOfThemMeetsTheFence) {
  const auto committer = warehouse_.resumed_committer();
  fill_two(*committer, 0, 10);
  ASSERT_TRUE(warehouse_.commit(*warehouse_.resumed_committer(), {{.partition = 7, .from = 0, .to = 5}}));
  const iceberg::TableMetadata orders = warehouse_.orders();
  Append append{
      .epoch = leader_->id(),
      .files = leader_->files(Target::kOrders),
      .joined = {{.epoch = contents_.joined.front().epoch, .opened_at = iceberg::SequenceNumber(3)}},
      .ledger = {.pipeline = "orders", .source = WarehouseUnderTest::kSource}};
  append.files.opened_at = iceberg::SequenceNumber(9);
  iceberg::TableMetadata fenced = orders;
  fenced.properties[fence_property_name("orders")] = "4";

  const auto continues = check_continues(fenced, append);

  ASSERT_FALSE(continues);
  EXPECT_EQ(continues.error().kind, ErrorKind::kFenced);
}

}  // namespace
}  // namespace calve::commit
