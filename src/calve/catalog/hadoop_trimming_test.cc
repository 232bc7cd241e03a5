// Old versions of a Hadoop table are deleted, and a writer that slept meanwhile is found out.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "calve/catalog/hadoop_catalog.h"
#include "calve/storage/faulty_store.h"
#include "calve/storage/memory_store.h"

namespace calve::catalog {
namespace {

using testing::SizeIs;

const TableIdentifier kTable{{"analytics"}, "orders"};

class HadoopTrimmingTest : public testing::Test {
 protected:
  HadoopTrimmingTest() {
    const auto made =
        catalog_.create(kTable, {.location = catalog_.default_location(kTable),
                                 .properties = {{"write.metadata.delete-after-commit.enabled", "true"},
                                                {"write.metadata.previous-versions-max", "5"}}});
    EXPECT_TRUE(std::holds_alternative<Applied>(made));
  }

  static iceberg::TableChange change(int number) {
    return {.updates = {iceberg::SetProperties{{{"number", std::to_string(number)}}}}};
  }
  void swap_many(int count) {
    for (int i = 0; i < count; ++i) {
      const auto swapped = catalog_.swap(kTable, catalog_.load(kTable).value(), change(i));
      ASSERT_TRUE(std::holds_alternative<Applied>(swapped)) << i;
    }
  }
  std::vector<storage::ObjectInfo> versions() {
    return memory_.list(catalog_.default_location(kTable) + "/metadata/v").value();
  }

  storage::MemoryStore memory_;
  storage::FaultyStore store_{memory_};
  HadoopCatalog catalog_{store_, "memory://warehouse", system_clock()};
};

TEST_F(HadoopTrimmingTest, OldVersionsGoAndTheTableStaysReadable) {
  swap_many(100);
  // Five in the log, the current one, up to sixteen that wait to be deleted, and the hint.
  EXPECT_THAT(versions(), SizeIs(testing::Le(5u + 1 + 16 + 1)));
  const LoadedTable table = catalog_.load(kTable).value();
  EXPECT_EQ(table.version, "101");
  for (const auto& entry : table.metadata.metadata_log)
    EXPECT_TRUE(memory_.stat(entry.metadata_file)) << entry.metadata_file;
  ASSERT_TRUE(memory_.remove(catalog_.default_location(kTable) + "/metadata/version-hint.text"));
  EXPECT_EQ(catalog_.load(kTable)->version, "101");
}

TEST_F(HadoopTrimmingTest, TheyAreKeptUnlessTheTableSaysSo) {
  const auto base = catalog_.load(kTable).value();
  ASSERT_TRUE(std::holds_alternative<Applied>(catalog_.swap(
      kTable, base,
      {.updates = {iceberg::RemoveProperties{{"write.metadata.delete-after-commit.enabled"}}}})));
  swap_many(40);
  EXPECT_THAT(versions(), SizeIs(42 + 1));
}

TEST_F(HadoopTrimmingTest, WhatEarlierWritersLeftIsCaughtUpWith) {
  const auto keep = [&](const char* value) {
    const auto swapped = catalog_.swap(
        kTable, catalog_.load(kTable).value(),
        {.updates = {iceberg::SetProperties{{{"write.metadata.delete-after-commit.enabled", value}}}}});
    ASSERT_TRUE(std::holds_alternative<Applied>(swapped));
  };
  keep("false");
  swap_many(60);
  keep("true");
  swap_many(16);
  EXPECT_THAT(versions(), SizeIs(testing::Le(5u + 1 + 16 + 1)));
}

// A process that was stopped for long while others committed has lost the race; the table is not dropped.
TEST_F(HadoopTrimmingTest, SleeperWhoseBaseIsDeletedHasLost) {
  const LoadedTable base = catalog_.load(kTable).value();
  swap_many(60);
  ASSERT_FALSE(memory_.stat(base.metadata_location));
  const auto outcome = catalog_.swap(kTable, base, change(1'000));
  ASSERT_TRUE(std::holds_alternative<Lost>(outcome));
  EXPECT_EQ(std::get<Lost>(outcome).why.kind, ErrorKind::kFenced);
  EXPECT_EQ(catalog_.load(kTable).value().version, "61");
}

// Stopped in the middle of a look: what it found is deleted when it comes to read it, the hint's file when it
// comes to ask for it.
TEST_F(HadoopTrimmingTest, SleeperThatWakesWithinALookLooksAgain) {
  for (const storage::Verb verb : {storage::Verb::kRead, storage::Verb::kStat}) {
    const std::string version = catalog_.load(kTable)->version;
    store_.inject({.verb = verb,
                   .path_contains = "/v" + version + ".metadata.json",
                   .effect = storage::Meanwhile{[&] {
                     store_.clear_faults();
                     swap_many(60);
                     ASSERT_FALSE(memory_.stat(catalog_.default_location(kTable) + "/metadata/v" + version +
                                               ".metadata.json"));
                   }}});
    EXPECT_EQ(catalog_.load(kTable).value().version, std::to_string(std::stoi(version) + 60));
  }
}

// A process that was stopped between its look at the table and its swap finds its number free again.
TEST_F(HadoopTrimmingTest, SleeperThatFindsItsNumberFreeAgainHasNotCommitted) {
  swap_many(3);
  const LoadedTable base = catalog_.load(kTable).value();
  store_.inject({.verb = storage::Verb::kCreate, .path_contains = "/v5.", .effect = storage::Meanwhile{[&] {
                                                                            store_.clear_faults();
                                                                            swap_many(60);
                                                                          }}});
  const auto outcome = catalog_.swap(kTable, base, change(1'000));
  EXPECT_TRUE(std::holds_alternative<Unknown>(outcome)) << "the caller looks at the table, and finds out";
  EXPECT_EQ(catalog_.load(kTable)->version, "64");
  EXPECT_NE(catalog_.load(kTable)->metadata.properties.at("number"), "1000");
  EXPECT_FALSE(memory_.stat(catalog_.default_location(kTable) + "/metadata/v5.metadata.json"));
}

// Java deletes the one version that falls out of the log, whatever older ones are there.
TEST_F(HadoopTrimmingTest, SleeperWhoseBaseIsStillThereHasNotCommittedEither) {
  swap_many(3);
  const LoadedTable base = catalog_.load(kTable).value();
  store_.inject({.verb = storage::Verb::kCreate,
                 .path_contains = "/v5.",
                 .effect = storage::Meanwhile{[&] {
                   store_.clear_faults();
                   swap_many(10);
                   const std::string v5 = catalog_.default_location(kTable) + "/metadata/v5.metadata.json";
                   ASSERT_TRUE(memory_.remove(v5));
                 }}});
  EXPECT_TRUE(std::holds_alternative<Unknown>(catalog_.swap(kTable, base, change(1'000))));
  EXPECT_EQ(catalog_.load(kTable)->version, "14");
}

TEST_F(HadoopTrimmingTest, SwapThatOthersWentOnFromIsASwap) {
  store_.inject(
      {.verb = storage::Verb::kRead, .path_contains = "version-hint", .effect = storage::Meanwhile{[&] {
                                                                        store_.clear_faults();
                                                                        swap_many(3);
                                                                      }}});
  const LoadedTable base = {
      .metadata = iceberg::parse_table_metadata(
                      memory_.read(catalog_.default_location(kTable) + "/metadata/v1.metadata.json").value())
                      .value(),
      .metadata_location = catalog_.default_location(kTable) + "/metadata/v1.metadata.json",
      .version = "1"};
  EXPECT_TRUE(std::holds_alternative<Applied>(catalog_.swap(kTable, base, change(1'000))));
  EXPECT_EQ(catalog_.load(kTable)->version, "5");
}

TEST_F(HadoopTrimmingTest, SwapWhoseBaseWasDeletedRightAfterIsStillASwap) {
  const LoadedTable base = catalog_.load(kTable).value();
  store_.inject({.verb = storage::Verb::kStat,
                 .path_contains = "/v1.",
                 .skip = 1,
                 .effect = storage::Meanwhile{[&] { ASSERT_TRUE(memory_.remove(base.metadata_location)); }}});
  EXPECT_TRUE(std::holds_alternative<Applied>(catalog_.swap(kTable, base, change(1))));
  EXPECT_EQ(catalog_.load(kTable)->version, "2");
}

}  // namespace
}  // namespace calve::catalog
