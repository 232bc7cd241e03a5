#include "calve/commit/manifest_merge.h"

#include <set>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "calve/commit/commit_under_test.h"
#include "calve/commit/manifest_cache.h"

namespace calve::commit {
namespace {

using iceberg::EntryStatus;
using iceberg::ManifestContent;
using iceberg::ManifestFile;
using iceberg::SequenceNumber;
using storage::FailBefore;
using storage::Meanwhile;
using storage::Verb;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

// --- The choice ------------------------------------------------------------------------------------

struct Kind {
  std::int32_t files = 1;
  std::int64_t bytes = 1'000;
  int spec = 0;
  ManifestContent content = ManifestContent::kData;
  std::optional<std::string> key;
};

// A list, newest first, from groups of like manifests that are given oldest first.
std::vector<ManifestFile> list_of(const std::vector<std::pair<int, Kind>>& groups) {
  std::vector<ManifestFile> list;
  for (const auto& [count, kind] : groups) {
    for (int i = 0; i < count; ++i) {
      list.push_back({.manifest_path = fmt::format("m{}", list.size()),
                      .manifest_length = kind.bytes,
                      .partition_spec_id = iceberg::SpecId(kind.spec),
                      .content = kind.content,
                      .added_files_count = kind.files,
                      .key_metadata = kind.key});
    }
  }
  std::ranges::reverse(list);
  return list;
}

struct Choice {
  const char* name;
  std::vector<std::pair<int, Kind>> groups;
  MergePolicy policy;
  std::string expected;  // first and last path of the choice, and how many
};

std::string text_of(const std::vector<ManifestFile>& chosen) {
  if (chosen.empty()) return "none";
  return fmt::format("{}..{} {}", chosen.front().manifest_path, chosen.back().manifest_path, chosen.size());
}

TEST(ChooseMergeTest, TakesTheOldestOfTheLowestTierThatIsFull) {
  const MergePolicy three{.min_count_to_merge = 3, .target_bytes = 10'000};
  const std::vector<Choice> table = {
      {"too few", {{2, {}}}, three, "none"},
      {"enough", {{3, {}}}, three, "m0..m2 3"},
      {"off", {{3, {}}}, {.merging = Merging::kOff, .min_count_to_merge = 3}, "none"},
      {"few of each tier", {{2, {.files = 10}}, {2, {.files = 1}}}, three, "none"},
      {"9 and 1 are one tier", {{2, {.files = 9}}, {1, {.files = 1}}}, three, "m0..m2 3"},
      {"lowest tier first", {{3, {.files = 100}}, {3, {.files = 10}}}, three, "m3..m5 3"},
      {"large ones are not read again", {{9, {.files = 1, .bytes = 5'001}}}, three, "none"},
      {"no more bytes than the target", {{9, {.bytes = 3'000}}}, three, "m0..m2 3"},
      {"specs apart", {{2, {.spec = 0}}, {2, {.spec = 1}}}, three, "none"},
      {"a spec of its own", {{2, {.spec = 0}}, {3, {.spec = 1}}}, three, "m2..m4 3"},
      {"deletes are carried", {{3, {.content = ManifestContent::kDeletes}}}, three, "none"},
      {"encrypted ones are carried", {{3, {.key = "k"}}}, three, "none"},
      {"Iceberg's own default", {{99, {}}}, {}, "none"},
      {"Iceberg's own default, met", {{100, {}}}, {}, "m0..m99 100"},
      {"bounded", {{1'000, {}}}, {}, "m0..m255 256"},
  };
  for (const Choice& row : table) {
    EXPECT_EQ(text_of(choose_merge(list_of(row.groups), row.policy)), row.expected) << row.name;
  }
}

TEST(MergePolicyTest, IsWhatTheTableSaysWithinLimits) {
  const auto policy_of = [](std::map<std::string, std::string> properties) {
    return merge_policy({.properties = std::move(properties)});
  };
  EXPECT_EQ(policy_of({}), MergePolicy{});
  EXPECT_EQ(policy_of({{"commit.manifest-merge.enabled", "false"}}).merging, Merging::kOff);
  EXPECT_EQ(policy_of({{"commit.manifest.min-count-to-merge", "7"}}).min_count_to_merge, 7);
  EXPECT_EQ(policy_of({{"commit.manifest.min-count-to-merge", "0"}}).min_count_to_merge, 2);
  EXPECT_EQ(policy_of({{"commit.manifest.min-count-to-merge", "many"}}).min_count_to_merge, 100);
  EXPECT_EQ(policy_of({{"commit.manifest.target-size-bytes", "4096"}}).target_bytes, 4'096);
  EXPECT_EQ(policy_of({{"commit.manifest.target-size-bytes", "99999999999"}}).target_bytes, kMergedBytesMax);
}

// --- The merged manifest ---------------------------------------------------------------------------

TEST(MergeManifestsTest, EntriesKeepWhatTheyWereAddedWith) {
  const auto table = iceberg::make_table_metadata({.location = "memory://t"});
  const auto entry = [](EntryStatus status, const char* path) {
    return iceberg::ManifestEntry{.status = status, .data_file = {.file_path = path}};
  };
  auto existing = entry(EntryStatus::kExisting, "old");
  existing.snapshot_id = SnapshotId(1);
  existing.sequence_number = SequenceNumber(1);
  existing.file_sequence_number = SequenceNumber(2);
  const auto merged = merge_manifests(
      table, {{.file = {.sequence_number = SequenceNumber(5), .added_snapshot_id = SnapshotId(50)},
               .manifest = {.entries = {existing, entry(EntryStatus::kDeleted, "gone")}}},
              {.file = {.sequence_number = SequenceNumber(6), .added_snapshot_id = SnapshotId(60)},
               .manifest = {.entries = {entry(EntryStatus::kAdded, "new")}}}});
  ASSERT_TRUE(merged) << merged.error().message;
  auto added = entry(EntryStatus::kExisting, "new");
  added.snapshot_id = SnapshotId(60);
  added.sequence_number = SequenceNumber(6);
  added.file_sequence_number = SequenceNumber(6);
  EXPECT_THAT(merged->entries, ElementsAre(existing, added));
}

TEST(ManifestCacheTest, ForgetsTheOldestAndGivesEachOnce) {
  ManifestCache cache;
  cache.put("a", std::string(ManifestCache::kBytesMax / 2, 'a'));
  cache.put("b", std::string(ManifestCache::kBytesMax / 2, 'b'));
  cache.put("c", "c");
  EXPECT_EQ(cache.take("a"), std::nullopt);
  EXPECT_EQ(cache.take("c"), "c");
  EXPECT_EQ(cache.take("c"), std::nullopt);
  EXPECT_TRUE(cache.take("b"));
  EXPECT_EQ(cache.bytes(), 0u);
}

// --- In commits ------------------------------------------------------------------------------------

class MergingCommitTest : public testing::Test {
 protected:
  MergingCommitTest() {
    warehouse.set_properties(WarehouseUnderTest::kOrders, {{"commit.manifest.min-count-to-merge", "3"}});
  }

  void commit_many(Committer& committer, int from, int to) {
    for (int i = from; i < to; ++i)
      ASSERT_TRUE(warehouse.commit(committer, {{0, i * 10, i * 10 + 10}})) << i;
  }
  std::vector<ManifestFile> current_list() {
    const auto orders = warehouse.orders();
    return iceberg::read_manifest_list(
               warehouse.memory.read(iceberg::current_snapshot(orders)->manifest_list).value())
        .value();
  }

  WarehouseUnderTest warehouse;
};

TEST_F(MergingCommitTest, ManifestsStayFewAndNoFileIsLost) {
  const auto committer = warehouse.resumed_committer();
  commit_many(*committer, 0, 50);
  EXPECT_EQ(warehouse.order_rows(), 500);
  EXPECT_THAT(warehouse.live_files(warehouse.orders()), SizeIs(50));
  EXPECT_THAT(current_list(), SizeIs(testing::Le(2 * 2 + 1))) << "two of each tier, and the newest";
  EXPECT_THAT(warehouse.stray_objects(), IsEmpty());
  EXPECT_EQ(warehouse.store.calls(Verb::kRead, "-m"), 0) << "what this process wrote it has at hand";

  std::set<SnapshotId> added_by;
  for (const ManifestFile& file : current_list()) {
    auto manifest = iceberg::read_manifest(warehouse.memory.read(file.manifest_path).value()).value();
    inherit(manifest.entries, file);
    for (const auto& entry : manifest.entries) {
      added_by.insert(*entry.snapshot_id);
      EXPECT_EQ(entry.status == EntryStatus::kAdded, entry.snapshot_id == file.added_snapshot_id);
      EXPECT_EQ(find_snapshot(warehouse.orders(), *entry.snapshot_id)->sequence_number,
                *entry.sequence_number);
    }
  }
  EXPECT_THAT(added_by, SizeIs(50)) << "each file is still said to be of the snapshot that added it";
}

TEST_F(MergingCommitTest, AfterARestartManifestsAreReadBack) {
  commit_many(*warehouse.resumed_committer(), 0, 3);
  commit_many(*warehouse.resumed_committer(), 3, 4);
  EXPECT_EQ(warehouse.store.calls(Verb::kRead, "-m0.avro"), 3);
  EXPECT_THAT(current_list(), SizeIs(2));
}

TEST_F(MergingCommitTest, UnreadableManifestIsCarriedAndTheCommitGoesOn) {
  commit_many(*warehouse.resumed_committer(), 0, 3);
  warehouse.store.inject({.verb = Verb::kRead,
                          .path_contains = "-m0.avro",
                          .effect = FailBefore{{ErrorKind::kUnavailable, "busy"}}});
  const auto committer = warehouse.resumed_committer();
  commit_many(*committer, 3, 4);
  EXPECT_THAT(current_list(), SizeIs(4));
  EXPECT_THAT(warehouse.stray_objects(), IsEmpty());
  commit_many(*committer, 4, 5);
  EXPECT_THAT(current_list(), SizeIs(2)) << "merged the next time";
}

TEST_F(MergingCommitTest, LostAttemptsMergedManifestIsGoneIfAnotherMergedTheSame) {
  const auto committer = warehouse.resumed_committer();
  commit_many(*committer, 0, 3);
  const auto other = warehouse.resumed_committer();
  warehouse.store.inject({.verb = Verb::kCreate,
                          .path_contains = "orders/metadata/v6.",
                          .effect = Meanwhile{[&] {
                            warehouse.store.clear_faults();
                            ASSERT_TRUE(warehouse.commit(*other, {{1, 0, 7}}));
                          }}});
  commit_many(*committer, 3, 4);
  EXPECT_EQ(committer->orders().stats().conflicts, 1);
  EXPECT_EQ(warehouse.order_rows(), 47);
  EXPECT_THAT(warehouse.stray_objects(), IsEmpty());
}

TEST_F(MergingCommitTest, LostAttemptsMergedManifestIsUsedByTheNext) {
  const auto committer = warehouse.resumed_committer();
  commit_many(*committer, 0, 3);
  warehouse.store.inject({.verb = Verb::kCreate,
                          .path_contains = "orders/metadata/v6.",
                          .effect = Meanwhile{[&] {
                            warehouse.store.clear_faults();
                            warehouse.set_properties(WarehouseUnderTest::kOrders, {{"owner", "somebody"}});
                          }}});
  commit_many(*committer, 3, 4);
  EXPECT_EQ(committer->orders().stats().conflicts, 1);
  EXPECT_EQ(warehouse.store.calls(Verb::kWrite, "-m1.avro"), 1);
  EXPECT_EQ(warehouse.store.calls(Verb::kWrite, "-m2.avro"), 0);
  EXPECT_THAT(current_list(), SizeIs(2));
  EXPECT_THAT(warehouse.live_files(warehouse.orders()), SizeIs(4));
  EXPECT_THAT(warehouse.stray_objects(), IsEmpty());
}

TEST_F(MergingCommitTest, DeadWritersMergedManifestIsCleanedUp) {
  const auto dying = warehouse.resumed_committer();
  commit_many(*dying, 0, 3);
  const auto epoch = dying->open_epoch();
  const auto contents = warehouse.fill(*epoch, {{0, 30, 40}});
  const Error denied{ErrorKind::kAccessDenied, "denied"};
  warehouse.store.inject(
      {.verb = Verb::kCreate, .path_contains = "orders/metadata/v6.", .effect = FailBefore{denied}});
  ASSERT_FALSE(dying->commit(*epoch, contents, {}));
  const std::string merged = merged_manifest_path(epoch->files(Target::kOrders), epoch->id(), 0);
  ASSERT_TRUE(warehouse.memory.stat(merged));

  const auto heir = warehouse.resumed_committer();
  commit_many(*heir, 3, 4);
  EXPECT_EQ(heir->clean_up(*heir->open_epoch(), {}), 0u);
  EXPECT_FALSE(warehouse.memory.stat(merged));
  EXPECT_EQ(warehouse.order_rows(), 40);
  EXPECT_THAT(warehouse.stray_objects(), IsEmpty());
}

TEST_F(MergingCommitTest, MergedManifestOfACommittedEpochIsKeptByCleanUp) {
  const auto dying = warehouse.resumed_committer();
  commit_many(*dying, 0, 3);
  warehouse.store.inject({.verb = Verb::kRemove,
                          .path_contains = "calve-journal",
                          .effect = FailBefore{{ErrorKind::kIo, "gone"}}});
  EXPECT_FALSE(warehouse.commit(*dying, {{0, 30, 40}}));
  const auto heir = warehouse.resumed_committer();
  EXPECT_EQ(heir->clean_up(*heir->open_epoch(), {}), 0u);
  EXPECT_THAT(read_journals(warehouse.memory, warehouse.orders().location).value(), IsEmpty());
  EXPECT_THAT(warehouse.live_files(warehouse.orders()), SizeIs(4));
  EXPECT_THAT(current_list(), SizeIs(2));
}

}  // namespace
}  // namespace calve::commit
