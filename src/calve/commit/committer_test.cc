#include "calve/commit/committer.h"

#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "calve/commit/commit_under_test.h"
#include "calve/iceberg/table_update.h"

namespace calve::commit {
namespace {

using storage::FailBefore;
using storage::LoseAnswer;
using storage::Verb;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

class CommitterTest : public testing::Test {
 protected:
  WarehouseUnderTest warehouse;
};

TEST_F(CommitterTest, PositionAndRowsMoveTogether) {
  const auto committer = warehouse.resumed_committer();
  ASSERT_TRUE(warehouse.commit(*committer, {{0, 0, 100}, {1, 40, 50}}));
  ASSERT_TRUE(warehouse.commit(*committer, {{0, 100, 130, 5}}));

  EXPECT_EQ(warehouse.order_rows(), 135);
  EXPECT_EQ(warehouse.reject_rows(), 5);
  const auto next = warehouse.resumed_committer()->position().next;
  EXPECT_THAT(next, ElementsAre(Pair(PartitionId(0), Offset(130)), Pair(PartitionId(1), Offset(50))));
  EXPECT_THAT(warehouse.stray_objects(), IsEmpty());
  EXPECT_THAT(read_journals(warehouse.memory, warehouse.orders().location).value(), IsEmpty());
}

TEST_F(CommitterTest, EpochOfRejectsAloneMovesTheOrdersPosition) {
  const auto committer = warehouse.resumed_committer();
  ASSERT_TRUE(warehouse.commit(*committer, {{0, 0, 3, 3}}));
  EXPECT_EQ(warehouse.order_rows(), 0);
  EXPECT_EQ(warehouse.reject_rows(), 3);
  EXPECT_EQ(next_offset(warehouse.resumed_committer()->position(), PartitionId(0)), Offset(3));
}

// Field bug B1 (and B6): the swap was applied and its answer lost; read as a lost race, clean-up would
// delete the current snapshot's files.
TEST_F(CommitterTest, B1LostAnswerOfTheSwapIsReadBack) {
  const auto committer = warehouse.resumed_committer();
  warehouse.store.inject(
      {.verb = Verb::kCreate, .path_contains = "orders/metadata/v2.", .effect = LoseAnswer{}});
  ASSERT_TRUE(warehouse.commit(*committer, {{0, 0, 100}}));
  EXPECT_EQ(warehouse.order_rows(), 100);
  EXPECT_THAT(warehouse.live_files(warehouse.orders()), testing::SizeIs(1));
  EXPECT_TRUE(warehouse.memory.stat(warehouse.live_files(warehouse.orders()).front()));
  ASSERT_TRUE(warehouse.commit(*committer, {{0, 100, 110}}));
  EXPECT_EQ(warehouse.order_rows(), 110) << "acknowledged once, and went on";
}

TEST_F(CommitterTest, UnknownOutcomeDeletesNothingAndIsFoundOutByTheNextCall) {
  const auto committer = warehouse.resumed_committer();
  const auto epoch = committer->open_epoch();
  const auto contents = warehouse.fill(*epoch, {{0, 0, 100}});
  warehouse.store.inject(
      {.verb = Verb::kCreate, .path_contains = "orders/metadata/v2.", .effect = LoseAnswer{}});
  // After the answer was lost the store is gone altogether.
  const Error gone{ErrorKind::kUnavailable, "gone"};
  warehouse.store.inject(
      {.verb = Verb::kCreate, .path_contains = "v2.", .times = 1'000, .effect = FailBefore{gone}});
  warehouse.store.inject({.verb = Verb::kRead, .times = 1'000, .effect = FailBefore{gone}});
  const auto committed = committer->commit(*epoch, contents, {});
  ASSERT_FALSE(committed);
  EXPECT_EQ(committed.error().kind, ErrorKind::kUnknownOutcome) << committed.error().message;
  EXPECT_TRUE(warehouse.memory.stat(contents.orders_files.front().file_path));

  warehouse.store.clear_faults();
  ASSERT_TRUE(committer->commit(*epoch, contents, {}));
  EXPECT_EQ(warehouse.order_rows(), 100);
  EXPECT_THAT(warehouse.stray_objects(), IsEmpty());
}

TEST_F(CommitterTest, ForeignCommitIsRebasedOn) {
  const auto committer = warehouse.resumed_committer();
  const auto other = warehouse.resumed_committer();
  ASSERT_TRUE(warehouse.commit(*other, {{1, 0, 7}}));
  ASSERT_TRUE(warehouse.commit(*committer, {{0, 0, 100}})) << "another partition is no conflict of offsets";
  EXPECT_EQ(warehouse.order_rows(), 107);
  EXPECT_EQ(committer->orders().stats().conflicts, 1);
  EXPECT_THAT(warehouse.stray_objects(), IsEmpty()) << "the lost attempt's manifest list is gone";
}

TEST_F(CommitterTest, SecondWriterOfTheSameOffsetsIsFencedAndLeavesNothing) {
  const auto zombie = warehouse.resumed_committer();
  const auto epoch = zombie->open_epoch();
  const auto contents = warehouse.fill(*epoch, {{0, 0, 100, 10}});
  const auto successor = warehouse.resumed_committer();
  ASSERT_TRUE(warehouse.commit(*successor, {{0, 0, 60, 4}}));

  const auto committed = zombie->commit(*epoch, contents, {});
  ASSERT_FALSE(committed);
  EXPECT_EQ(committed.error().kind, ErrorKind::kFenced) << committed.error().message;
  EXPECT_EQ(warehouse.order_rows(), 56);
  EXPECT_EQ(warehouse.reject_rows(), 4);
  EXPECT_THAT(warehouse.stray_objects(), IsEmpty());
  EXPECT_FALSE(warehouse.memory.stat(contents.orders_files.front().file_path));
}

TEST_F(CommitterTest, PartitionThatBothFoundWithoutPositionIsCommittedOnce) {
  const auto first = warehouse.resumed_committer();
  const auto second = warehouse.resumed_committer();
  ASSERT_TRUE(warehouse.commit(*first, {{0, 0, 10}}));
  const auto committed = warehouse.commit(*second, {{0, 0, 10}});
  ASSERT_FALSE(committed);
  EXPECT_EQ(committed.error().kind, ErrorKind::kFenced);
  EXPECT_EQ(warehouse.order_rows(), 10);
}

// Field bug B13: a crash after the table commit, before anything else knows of it, and the same epoch
// again.
TEST_F(CommitterTest, B13SameEpochCommittedAgainIsOneSnapshot) {
  const auto committer = warehouse.resumed_committer();
  const auto epoch = committer->open_epoch();
  const auto contents = warehouse.fill(*epoch, {{0, 0, 100, 3}});
  ASSERT_TRUE(committer->commit(*epoch, contents, {}));
  ASSERT_TRUE(committer->commit(*epoch, contents, {}));
  EXPECT_EQ(warehouse.order_rows(), 97);
  EXPECT_EQ(warehouse.reject_rows(), 3);
  EXPECT_EQ(warehouse.orders().snapshots.size(), 1u);
}

TEST_F(CommitterTest, CrashBetweenRejectsAndOrdersWritesNoRejectTwice) {
  {
    const auto dying = warehouse.resumed_committer();
    const auto epoch = dying->open_epoch();
    const auto contents = warehouse.fill(*epoch, {{0, 0, 100, 10}});
    const Error denied{ErrorKind::kAccessDenied, "denied"};
    warehouse.store.inject({.verb = Verb::kCreate,
                            .path_contains = "orders/metadata/v2.",
                            .times = 1'000,
                            .effect = FailBefore{denied}});
    ASSERT_FALSE(dying->commit(*epoch, contents, {}));
    EXPECT_EQ(warehouse.reject_rows(), 10);
    EXPECT_EQ(warehouse.order_rows(), 0);
  }
  warehouse.store.clear_faults();
  const auto next = warehouse.resumed_committer();
  EXPECT_EQ(next->position().next.size(), 0u);
  EXPECT_EQ(next->known_rejects(PartitionId(0)), Offset(100));
  // The worker reads [0, 120) again and skips the rejects below 100; two more come after.
  const auto epoch = next->open_epoch();
  auto contents = warehouse.fill(*epoch, {{0, 0, 120, 12}});
  contents.rejects_files.front().record_count = 2;
  ASSERT_TRUE(next->commit(*epoch, contents, {}));
  EXPECT_EQ(warehouse.reject_rows(), 12);
  EXPECT_EQ(warehouse.order_rows(), 108);

  const auto own = next->open_epoch();
  EXPECT_EQ(next->clean_up(*own, {}), 0u);
  EXPECT_THAT(warehouse.stray_objects(), IsEmpty());
  EXPECT_THAT(read_journals(warehouse.memory, warehouse.orders().location).value(), IsEmpty());
  EXPECT_EQ(warehouse.reject_rows(), 12) << "rejects of the epoch that died after them are kept";
}

TEST_F(CommitterTest, CleanUpWaitsUntilOthersHaveCoveredADeadWritersEvents) {
  const auto dead = warehouse.resumed_committer();
  const auto dead_epoch = dead->open_epoch();
  const auto dead_contents = warehouse.fill(*dead_epoch, {{0, 0, 100, 10}});

  const auto heir = warehouse.resumed_committer();
  auto own = heir->open_epoch();
  EXPECT_EQ(heir->clean_up(*own, {}), 1u) << "nobody has covered offset 0: the writer may be alive";
  EXPECT_TRUE(warehouse.memory.stat(dead_contents.orders_files.front().file_path));

  ASSERT_TRUE(warehouse.commit(*heir, {{0, 0, 50, 5}}));
  own = heir->open_epoch();
  EXPECT_EQ(heir->clean_up(*own, {}), 0u);
  EXPECT_FALSE(warehouse.memory.stat(dead_contents.orders_files.front().file_path));
  EXPECT_FALSE(warehouse.memory.stat(dead_contents.rejects_files.front().file_path));
  EXPECT_THAT(warehouse.stray_objects(), IsEmpty());
  EXPECT_EQ(warehouse.order_rows(), 45);
  EXPECT_EQ(warehouse.reject_rows(), 5);
  ASSERT_TRUE(warehouse.commit(*heir, {{0, 50, 60}})) << "the fence keeps out older epochs, not its own";
}

// Killed before the swap that raises the fence, in either table: what it wrote is found by its journal.
TEST_F(CommitterTest, CleanUpThatIsCutShortIsCleanedUp) {
  const Error denied{ErrorKind::kAccessDenied, "denied"};
  for (const char* const table : {"orders/metadata/", "orders_rejected/metadata/"}) {
    WarehouseUnderTest fresh;
    const auto dead = fresh.resumed_committer();
    const auto dead_epoch = dead->open_epoch();
    fresh.fill(*dead_epoch, {{0, 0, 100, 10}});
    const auto killed = fresh.resumed_committer();
    ASSERT_TRUE(fresh.commit(*killed, {{0, 0, 50, 5}}));
    const auto own = killed->open_epoch();
    for (const Verb verb : {Verb::kCreate, Verb::kRemove}) {
      fresh.store.inject({.verb = verb,
                          .path_contains = table,
                          .times = storage::Fault::kAlways,
                          .effect = FailBefore{denied}});
    }
    fresh.store.inject({.verb = Verb::kRemove,
                        .path_contains = "calve-journal",
                        .times = storage::Fault::kAlways,
                        .effect = FailBefore{denied}});
    ASSERT_FALSE(killed->clean_up(*own, {}));
    fresh.store.clear_faults();

    const auto heir = fresh.resumed_committer();
    ASSERT_TRUE(fresh.commit(*heir, {{0, 50, 60, 1}}));
    EXPECT_EQ(heir->clean_up(*heir->open_epoch(), {}), 0u) << table;
    EXPECT_THAT(fresh.stray_objects(), IsEmpty()) << table;
    EXPECT_THAT(read_journals(fresh.memory, fresh.orders().location).value(), IsEmpty()) << table;
    EXPECT_EQ(fresh.order_rows(), 54);
    EXPECT_EQ(fresh.reject_rows(), 6);
  }
}

TEST_F(CommitterTest, OwnOpenEpochIsNotFencedOffByItsOwnCleanUp) {
  const auto dead = warehouse.resumed_committer();
  const auto dead_epoch = dead->open_epoch();
  warehouse.fill(*dead_epoch, {{0, 0, 100}});
  const auto heir = warehouse.resumed_committer();
  const auto own = heir->open_epoch();  // as old as the dead one's
  ASSERT_TRUE(warehouse.commit(*heir, {{0, 0, 50}}));
  EXPECT_EQ(heir->clean_up(*own, {}), 1u);
  const auto contents = warehouse.fill(*own, {{0, 50, 60}});
  ASSERT_TRUE(heir->commit(*own, contents, {}));
}

// A stopped process wakes up after its files were cleaned away and the table was rolled back to the very
// position that it holds: only the fence is left to keep it from referring to deleted files.
TEST_F(CommitterTest, WriterThatWakesUpAfterCleanUpAndRollbackMeetsTheFence) {
  const auto first = warehouse.resumed_committer();
  ASSERT_TRUE(warehouse.commit(*first, {{0, 0, 10}}));
  const SnapshotId before = *warehouse.orders().current_snapshot_id;

  const auto sleeper = warehouse.resumed_committer();
  const auto sleeping_epoch = sleeper->open_epoch();
  const auto sleeping_contents = warehouse.fill(*sleeping_epoch, {{0, 10, 100}});

  const auto heir = warehouse.resumed_committer();
  ASSERT_TRUE(warehouse.commit(*heir, {{0, 10, 50}}));
  EXPECT_EQ(heir->clean_up(*heir->open_epoch(), {}), 0u);

  const auto loaded = warehouse.catalog.load(WarehouseUnderTest::kOrders).value();
  ASSERT_TRUE(std::holds_alternative<catalog::Applied>(warehouse.catalog.swap(
      WarehouseUnderTest::kOrders, loaded,
      {.updates = {iceberg::SetSnapshotRef{iceberg::kMainBranch, {.snapshot_id = before}}}})));
  EXPECT_EQ(next_offset(warehouse.resumed_committer()->position(), PartitionId(0)), Offset(10));

  const auto committed = sleeper->commit(*sleeping_epoch, sleeping_contents, {});
  ASSERT_FALSE(committed);
  EXPECT_EQ(committed.error().kind, ErrorKind::kFenced) << committed.error().message;
  EXPECT_EQ(warehouse.order_rows(), 10);
}

TEST_F(CommitterTest, JournalOfACommittedEpochIsClosedAndKeepsItsFiles) {
  const auto dying = warehouse.resumed_committer();
  warehouse.store.inject({.verb = Verb::kRemove,
                          .path_contains = "calve-journal",
                          .times = 1'000,
                          .effect = FailBefore{{ErrorKind::kIo, "gone"}}});
  EXPECT_FALSE(warehouse.commit(*dying, {{0, 0, 100}}));
  warehouse.store.clear_faults();
  EXPECT_EQ(read_journals(warehouse.memory, warehouse.orders().location)->size(), 1u);

  const auto heir = warehouse.resumed_committer();
  EXPECT_EQ(heir->clean_up(*heir->open_epoch(), {}), 0u);
  EXPECT_THAT(read_journals(warehouse.memory, warehouse.orders().location).value(), IsEmpty());
  EXPECT_TRUE(warehouse.memory.stat(warehouse.live_files(warehouse.orders()).front()));
  EXPECT_EQ(warehouse.order_rows(), 100);
}

TEST_F(CommitterTest, RecreatedTopicIsStoppedWithBothChoices) {
  ASSERT_TRUE(warehouse.commit(*warehouse.resumed_committer(), {{0, 0, 100}}));
  auto options = warehouse.options();
  options.source.topic_id = "another";
  Committer committer(warehouse.catalog, warehouse.store, warehouse.clock, options);
  const auto resumed = committer.resume();
  ASSERT_FALSE(resumed);
  EXPECT_EQ(resumed.error().kind, ErrorKind::kConfig);
  EXPECT_THAT(resumed.error().message, testing::HasSubstr("CALVE_PIPELINE and ICEBERG_TABLE"));
}

TEST_F(CommitterTest, DroppedTableStopsAWriter) {
  const auto committer = warehouse.resumed_committer();
  ASSERT_TRUE(warehouse.commit(*committer, {{0, 0, 100}}));
  const auto objects = warehouse.memory.list("memory://warehouse/analytics/orders/").value();
  for (const auto& object : objects) {
    ASSERT_TRUE(warehouse.memory.remove(object.path));
  }
  const auto gone = warehouse.commit(*committer, {{0, 100, 110}});
  ASSERT_FALSE(gone);
  EXPECT_EQ(gone.error().kind, ErrorKind::kNotFound) << gone.error().message;
  EXPECT_FALSE(warehouse.catalog.load(WarehouseUnderTest::kOrders))
      << "nothing may be written into its place";
}

// Field bug B11: processes on one Hadoop table lose rows. Here each thread is a process' committer.
TEST_F(CommitterTest, B11RacingWritersLoseNothing) {
  constexpr int kWriters = 8;
  constexpr int kCommits = 10;
  std::vector<std::jthread> writers;
  for (int writer = 0; writer < kWriters; ++writer) {
    writers.emplace_back([&, writer] {
      auto options = warehouse.options();
      options.table.retry.attempts_max = kCommitAttemptsMax;
      options.table.retry.delay_max = Milliseconds(20);
      options.table.retry.first_delay = Milliseconds(1);
      Committer committer(warehouse.catalog, warehouse.store, warehouse.clock, options);
      ASSERT_TRUE(committer.resume());
      for (int i = 0; i < kCommits; ++i) {
        const auto committed =
            warehouse.commit(committer, {{writer, std::int64_t{i} * 10, std::int64_t{i} * 10 + 10, 1}});
        ASSERT_TRUE(committed) << committed.error().message;
      }
    });
  }
  writers.clear();
  EXPECT_EQ(warehouse.order_rows(), kWriters * kCommits * 9);
  EXPECT_EQ(warehouse.reject_rows(), kWriters * kCommits);
  EXPECT_EQ(warehouse.orders().snapshots.size(), static_cast<std::size_t>(kWriters * kCommits));
  EXPECT_THAT(warehouse.stray_objects(), IsEmpty());
}

}  // namespace
}  // namespace calve::commit
