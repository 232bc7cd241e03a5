// Commits that take old snapshots out, and what becomes of their files.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "calve/commit/commit_under_test.h"
#include "calve/commit/expiry.h"
#include "calve/commit/expiry_journal.h"
#include "calve/commit/expiry_sweep.h"

namespace calve::commit {
namespace {

using iceberg::RemoveSnapshots;
using iceberg::SetSnapshotRef;
using iceberg::TableMetadata;
using storage::FailBefore;
using storage::LoseAnswer;
using storage::Meanwhile;
using storage::Verb;
using testing::Contains;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

constexpr Milliseconds kBetweenCommits{10'000};
constexpr Milliseconds kPastTheGrace{2 * 3'600'000};
// Those of a minute, and those that wait for company.
constexpr std::size_t kSnapshotsMax = 7 + kExpiryBatchMin;

class ExpiringCommitTest : public testing::Test {
 protected:
  ExpiringCommitTest() {
    for (const auto& table : {WarehouseUnderTest::kOrders, WarehouseUnderTest::kRejects}) {
      warehouse.set_properties(table, {{"history.expire.max-snapshot-age-ms", "60000"},
                                       {"history.expire.min-snapshots-to-keep", "5"},
                                       {"commit.manifest.min-count-to-merge", "3"}});
    }
  }

  void commit_many(Committer& committer, int from, int to) {
    for (int i = from; i < to; ++i) {
      warehouse.clock.advance(kBetweenCommits);
      const auto committed = warehouse.commit(committer, {{0, i * 10, i * 10 + 10, 1}});
      ASSERT_TRUE(committed) << i << ": " << committed.error().message;
      committer.sweep();
    }
  }

  // Deletes all that is ever deleted of what was expired so far.
  void sweep_later(Committer& committer) {
    warehouse.clock.advance(kPastTheGrace);
    for (int i = 0; i < 1'000; ++i)
      committer.sweep();
    EXPECT_THAT(expiry_journals(), IsEmpty());
  }

  std::vector<std::string> expiry_journals() {
    auto paths = list_expiry_journals(warehouse.memory, warehouse.orders().location).value();
    auto of_rejects = list_expiry_journals(warehouse.memory, warehouse.rejects().location).value();
    paths.insert(paths.end(), of_rejects.begin(), of_rejects.end());
    return paths;
  }

  std::vector<SnapshotId> snapshot_ids() {
    std::vector<SnapshotId> ids;
    const TableMetadata orders = warehouse.orders();
    for (const auto& snapshot : orders.snapshots)
      ids.push_back(snapshot.id);
    return ids;
  }

  // What must hold of a table at any time.
  void expect_whole(int commits) {
    EXPECT_EQ(warehouse.order_rows(), commits * 9);
    EXPECT_EQ(warehouse.reject_rows(), commits);
    EXPECT_THAT(warehouse.missing_objects(), IsEmpty());
    EXPECT_THAT(warehouse.stray_objects(), IsEmpty());
    EXPECT_EQ(next_offset(warehouse.resumed_committer()->position(), PartitionId(0)), Offset(commits * 10));
  }

  WarehouseUnderTest warehouse;
};

// Field bug B3, and the position with it: what is deleted is named by the newest metadata's own history.
TEST_F(ExpiringCommitTest, B3HistoryStaysShortAndNothingIsLost) {
  const auto committer = warehouse.resumed_committer();
  commit_many(*committer, 0, 100);
  EXPECT_THAT(snapshot_ids(), SizeIs(testing::Le(kSnapshotsMax)));
  EXPECT_EQ(committer->orders().stats().expired_snapshots + std::ssize(snapshot_ids()), 100);
  expect_whole(100);
  sweep_later(*committer);
  expect_whole(100);
  EXPECT_THAT(warehouse.memory.list(warehouse.orders().location + "/metadata/snap-").value(),
              SizeIs(snapshot_ids().size()));
  EXPECT_THAT(warehouse.memory.list(warehouse.orders().location + "/data/").value(), SizeIs(100));
}

TEST_F(ExpiringCommitTest, ReadersOfAnExpiredSnapshotHaveAnHour) {
  const auto committer = warehouse.resumed_committer();
  commit_many(*committer, 0, 1);
  const std::string list = warehouse.orders().snapshots.front().manifest_list;
  commit_many(*committer, 1, 40);
  EXPECT_THAT(snapshot_ids(), SizeIs(testing::Lt(40u)));
  EXPECT_TRUE(warehouse.memory.stat(list));
  sweep_later(*committer);
  EXPECT_FALSE(warehouse.memory.stat(list));
}

TEST_F(ExpiringCommitTest, SuccessorDeletesWhatADeadProcessHadExpired) {
  commit_many(*warehouse.resumed_committer(), 0, 60);
  EXPECT_THAT(expiry_journals(), Not(IsEmpty()));
  sweep_later(*warehouse.resumed_committer());
  expect_whole(60);
}

TEST_F(ExpiringCommitTest, DyingBeforeTheSwapExpiresNothing) {
  {
    const auto dying = warehouse.resumed_committer();
    commit_many(*dying, 0, 22);
    ASSERT_THAT(snapshot_ids(), SizeIs(22)) << "the next commit is the one that expires";
    warehouse.store.inject({.verb = Verb::kCreate,
                            .path_contains = "orders/metadata/v",
                            .effect = FailBefore{{ErrorKind::kAccessDenied, "denied"}}});
    warehouse.clock.advance(kBetweenCommits);
    ASSERT_FALSE(warehouse.commit(*dying, {{0, 220, 230}}));
  }
  const auto journal = list_expiry_journals(warehouse.memory, warehouse.orders().location).value();
  ASSERT_THAT(journal, SizeIs(1));
  const auto heir = warehouse.resumed_committer();
  warehouse.clock.advance(kPastTheGrace);
  for (int i = 0; i < 10; ++i)
    heir->sweep();
  EXPECT_FALSE(warehouse.memory.stat(journal.front()));
  EXPECT_THAT(snapshot_ids(), SizeIs(22));
  EXPECT_THAT(warehouse.missing_objects(), IsEmpty());
}

TEST_F(ExpiringCommitTest, JavaExpiringTheSameSnapshotsMeanwhileIsNoHarm) {
  const auto committer = warehouse.resumed_committer();
  commit_many(*committer, 0, 22);
  warehouse.store.inject({.verb = Verb::kCreate,
                          .path_contains = "orders/metadata/v",
                          .effect = Meanwhile{[&] {
                            warehouse.store.clear_faults();
                            const auto ids = snapshot_ids();
                            const TableMetadata orders = warehouse.orders();
                            for (int i = 0; i < 15; ++i)
                              ASSERT_TRUE(warehouse.memory.remove(orders.snapshots[i].manifest_list));
                            warehouse.change(WarehouseUnderTest::kOrders,
                                             {RemoveSnapshots{{ids.begin(), ids.begin() + 15}}});
                          }}});
  commit_many(*committer, 22, 60);
  EXPECT_GE(committer->orders().stats().conflicts, 1);
  expect_whole(60);
  sweep_later(*committer);
  EXPECT_THAT(warehouse.missing_objects(), IsEmpty());
  EXPECT_EQ(warehouse.order_rows(), 60 * 9);
}

TEST_F(ExpiringCommitTest, TaggedSnapshotKeepsItsFilesUntilTheTagGoes) {
  const auto committer = warehouse.resumed_committer();
  commit_many(*committer, 0, 4);
  const SnapshotId tagged = *warehouse.orders().current_snapshot_id;
  warehouse.change(WarehouseUnderTest::kOrders,
                   {SetSnapshotRef{"audit", {.snapshot_id = tagged, .kind = iceberg::RefKind::kTag}}});
  commit_many(*committer, 4, 60);
  sweep_later(*committer);
  EXPECT_THAT(snapshot_ids(), Contains(tagged));
  expect_whole(60);
  // The tag moves on.
  warehouse.change(WarehouseUnderTest::kOrders,
                   {SetSnapshotRef{"audit",
                                   {.snapshot_id = *warehouse.orders().current_snapshot_id,
                                    .kind = iceberg::RefKind::kTag}}});
  commit_many(*committer, 60, 100);
  sweep_later(*committer);
  EXPECT_THAT(snapshot_ids(), Not(Contains(tagged)));
  expect_whole(100);
}

// A foreign engine rewrites the table: the files that it replaced go when the last snapshot with them goes.
TEST_F(ExpiringCommitTest, ReplacedDataFilesGoWithTheirSnapshots) {
  const auto committer = warehouse.resumed_committer();
  commit_many(*committer, 0, 10);
  const std::vector<std::string> replaced = warehouse.live_files(warehouse.orders());
  warehouse.overwrite(WarehouseUnderTest::kOrders, 90);
  commit_many(*committer, 10, 12);
  EXPECT_TRUE(warehouse.memory.stat(replaced.front()));
  commit_many(*committer, 12, 60);
  sweep_later(*committer);
  for (const std::string& path : replaced)
    EXPECT_FALSE(warehouse.memory.stat(path)) << path;
  expect_whole(60);
}

TEST_F(ExpiringCommitTest, RollbackIsAReplayThoughTheOldestLedgersAreGone) {
  const auto committer = warehouse.resumed_committer();
  ASSERT_TRUE(warehouse.commit(*committer, {{7, 0, 100}}));  // a partition without further events
  commit_many(*committer, 0, 50);
  const TableMetadata orders = warehouse.orders();
  ASSERT_THAT(orders.snapshots, SizeIs(testing::Lt(50u)));
  const auto& target = orders.snapshots[orders.snapshots.size() - 4];
  warehouse.change(WarehouseUnderTest::kOrders, {SetSnapshotRef{"main", {.snapshot_id = target.id}}});

  const auto position = warehouse.resumed_committer()->position();
  EXPECT_EQ(next_offset(position, PartitionId(0)), Offset(470));
  EXPECT_EQ(next_offset(position, PartitionId(7)), Offset(100));
}

// The answer to a swap was lost, the process slept, and meanwhile others committed so much that its snapshot
// was expired. Taken for fenced, it would delete files of the table.
TEST_F(ExpiringCommitTest, UnknownOutcomeIsFoundOutThoughItsSnapshotIsExpired) {
  const auto sleeper = warehouse.resumed_committer();
  const auto epoch = sleeper->open_epoch();
  const auto contents = warehouse.fill(*epoch, {{0, 0, 10, 1}});
  const Error gone{ErrorKind::kUnavailable, "gone"};
  warehouse.store.inject(
      {.verb = Verb::kCreate, .path_contains = "orders/metadata/v3.", .effect = LoseAnswer{}});
  warehouse.store.inject({.verb = Verb::kCreate,
                          .path_contains = "orders/metadata/v3.",
                          .times = 9,
                          .effect = FailBefore{gone}});
  const auto cut_off = [&](Verb verb) {
    warehouse.store.inject({.verb = verb,
                            .path_contains = "orders/metadata/v",
                            .times = storage::Fault::kAlways,
                            .effect = FailBefore{gone}});
  };
  cut_off(Verb::kRead);
  const auto committed = sleeper->commit(*epoch, contents, {});
  ASSERT_FALSE(committed);
  ASSERT_EQ(committed.error().kind, ErrorKind::kUnknownOutcome) << committed.error().message;
  warehouse.store.clear_faults();

  const auto other = warehouse.resumed_committer();
  commit_many(*other, 1, 60);
  sweep_later(*other);
  ASSERT_EQ(find_snapshot(warehouse.orders(), epoch->files(Target::kOrders).snapshot_id), nullptr);
  ASSERT_TRUE(sleeper->commit(*epoch, contents, {}));
  expect_whole(60);
}

TEST(ExpirySweepTest, LeavesWhatTheTableWasRolledBackTo) {
  WarehouseUnderTest warehouse;
  const auto committer = warehouse.resumed_committer();
  ASSERT_TRUE(warehouse.commit(*committer, {{0, 0, 10}}));
  const TableMetadata orders = warehouse.orders();
  const auto list =
      iceberg::read_manifest_list(warehouse.memory.read(orders.snapshots.front().manifest_list).value())
          .value();
  const std::string path = expiry_journal_path(orders.location, warehouse.clock.now(), random_uuid());
  ASSERT_TRUE(warehouse.memory.write(
      path, serialize_expiry_journal(
                {.snapshots = {SnapshotId(1)}, .files = {.manifests = {list.front().manifest_path}}})));
  ExpirySweep sweep(warehouse.store);
  const auto step = [&](Milliseconds later) {
    return sweep.step(orders, warehouse.clock.now() + later, [&] { return &orders; }).value();
  };
  EXPECT_EQ(step(Milliseconds(3'599'999)), ExpirySweep::Step::kIdle);
  EXPECT_TRUE(warehouse.memory.stat(path));
  EXPECT_EQ(step(Milliseconds(3'600'000)), ExpirySweep::Step::kDeleted);
  EXPECT_FALSE(warehouse.memory.stat(path));
  EXPECT_THAT(warehouse.missing_objects(), IsEmpty());
  EXPECT_EQ(step(kPastTheGrace), ExpirySweep::Step::kIdle);
}

}  // namespace
}  // namespace calve::commit
