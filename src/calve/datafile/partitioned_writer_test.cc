#include "calve/datafile/partitioned_writer.h"

#include <map>
#include <set>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "calve/datafile/read_back.h"
#include "calve/datafile/sample_orders.h"
#include "calve/storage/faulty_store.h"
#include "calve/storage/memory_store.h"

namespace calve::datafile {
namespace {

using testing::IsEmpty;
using testing::Le;
using testing::SizeIs;

constexpr std::int64_t kMicrosPerDay = 86'400'000'000;

struct Fixture {
  storage::MemoryStore store;
  int paths_given = 0;

  PartitionedWriter writer(const iceberg::PartitionSpec& spec, PartitionedWriterOptions options = {}) {
    return *PartitionedWriter::make(store, orders_schema(), spec, options, [this]() -> Result<std::string> {
      return fmt::format("memory://table/data/{}.parquet", ++paths_given);
    });
  }
};

// Offsets by the day of created_at, in the order of the files and their rows.
using OffsetsByDay = std::map<std::int64_t, std::vector<std::int64_t>>;

OffsetsByDay expected_offsets(const batch::ColumnBatch& batch) {
  OffsetsByDay offsets;
  const auto& created_at = std::get<std::vector<std::int64_t>>(batch.find(FieldId(4))->values);
  const auto& offset = std::get<std::vector<std::int64_t>>(batch.find(FieldId(20))->values);
  for (std::size_t i = 0; i < offset.size(); ++i)
    offsets[created_at[i] / kMicrosPerDay].push_back(offset[i]);
  return offsets;
}

void merge(OffsetsByDay& into, const OffsetsByDay& from) {
  for (const auto& [day, offsets] : from)
    into[day].insert(into[day].end(), offsets.begin(), offsets.end());
}

OffsetsByDay read_offsets(storage::ObjectStore& store, const std::vector<iceberg::DataFile>& files) {
  OffsetsByDay offsets;
  for (const iceberg::DataFile& file : files) {
    const auto table = read_table(*store.read(file.file_path));
    EXPECT_EQ(table->num_rows(), file.record_count);
    const std::int64_t day = std::get<std::int32_t>(*file.partition.at(0));
    for (const std::int64_t offset : read_longs(*table, "source_offset"))
      offsets[day].push_back(offset);
  }
  return offsets;
}

TEST(PartitionedWriterTest, DealsRowsToDaysInTheirOrder) {
  struct Case {
    std::int64_t days;
    std::size_t batch_rows;
  };
  for (const auto& [days, batch_rows] :
       {Case{.days = 1, .batch_rows = 2000}, Case{.days = 1, .batch_rows = 10},
        Case{.days = 2, .batch_rows = 3000}, Case{.days = 200, .batch_rows = 1000}}) {
    SCOPED_TRACE(fmt::format("{} days, batches of {} rows", days, batch_rows));
    Fixture fixture;
    auto writer = fixture.writer(orders_by_day());
    SampleOrders orders({.days = days});
    OffsetsByDay expected;
    for (int i = 0; i < 3; ++i) {
      const auto& batch = orders.next(batch_rows);
      merge(expected, expected_offsets(batch));
      ASSERT_TRUE(writer.append(batch).has_value());
    }
    EXPECT_EQ(writer.row_count(), static_cast<std::int64_t>(3 * batch_rows));
    const auto files = writer.flush();
    ASSERT_TRUE(files.has_value()) << files.error().message;
    EXPECT_THAT(*files, SizeIs(expected.size())) << "one file a day";
    EXPECT_EQ(read_offsets(fixture.store, *files), expected);
    EXPECT_EQ(writer.buffered_bytes(), 0);
    EXPECT_EQ(writer.row_count(), 0);
  }
}

TEST(PartitionedWriterTest, StaysWithinItsBudgetByClosingFiles) {
  Fixture fixture;
  constexpr std::int64_t kBudgetBytes = 1 << 20;
  auto writer = fixture.writer(orders_by_day(), {.open_writers_bytes_max = kBudgetBytes});
  SampleOrders orders({.days = 50});
  std::map<std::int64_t, std::set<std::int64_t>> expected;
  for (int i = 0; i < 10; ++i) {
    const auto& batch = orders.next(1000);
    for (const auto& [day, offsets] : expected_offsets(batch))
      expected[day].insert(offsets.begin(), offsets.end());
    ASSERT_TRUE(writer.append(batch).has_value());
    EXPECT_THAT(writer.buffered_bytes(), Le(kBudgetBytes));
  }
  const auto files = writer.flush();
  ASSERT_TRUE(files.has_value()) << files.error().message;
  EXPECT_GT(files->size(), 50u);
  std::map<std::int64_t, std::set<std::int64_t>> found;
  for (const auto& [day, offsets] : read_offsets(fixture.store, *files))
    found[day].insert(offsets.begin(), offsets.end());
  EXPECT_EQ(found, expected);
}

TEST(PartitionedWriterTest, RollsAtTheTargetSize) {
  Fixture fixture;
  auto writer = fixture.writer({}, {.files = {.target_file_bytes = 100'000}});
  SampleOrders orders({});
  for (int i = 0; i < 8; ++i)
    ASSERT_TRUE(writer.append(orders.next(1000)).has_value());
  const auto files = writer.flush();
  ASSERT_TRUE(files.has_value()) << files.error().message;
  EXPECT_GT(files->size(), 2u);
  std::int64_t rows = 0;
  for (const auto& file : *files) {
    EXPECT_THAT(file.partition, IsEmpty());
    rows += file.record_count;
  }
  EXPECT_EQ(rows, 8000);
}

// A stage that is written out into a file which is full by that must not be written twice.
TEST(PartitionedWriterTest, RollsWhileStagedRowsAreWritten) {
  Fixture fixture;
  auto writer = fixture.writer({}, {.files = {.target_file_bytes = 1}});
  SampleOrders orders({});
  ASSERT_TRUE(writer.append(orders.next(100)).has_value());
  ASSERT_TRUE(writer.append(orders.next(1000)).has_value());
  const auto files = writer.flush();
  ASSERT_TRUE(files.has_value());
  ASSERT_THAT(*files, SizeIs(2));
  EXPECT_EQ((*files)[0].record_count, 100);
  EXPECT_EQ((*files)[1].record_count, 1000);
}

TEST(PartitionedWriterTest, AbandonsWhatIsOpenAndNamesWhatIsFinished) {
  Fixture fixture;
  auto writer = fixture.writer({}, {.files = {.target_file_bytes = 1}});
  SampleOrders orders({});
  ASSERT_TRUE(writer.append(orders.next(1000)).has_value());
  ASSERT_TRUE(writer.append(orders.next(10)).has_value());
  EXPECT_THAT(writer.abandon(), testing::ElementsAre("memory://table/data/1.parquet"));
  EXPECT_THAT(*fixture.store.list("memory://"), SizeIs(1));
  const auto files = writer.flush();
  ASSERT_TRUE(files.has_value());
  EXPECT_THAT(*files, IsEmpty());
  EXPECT_EQ(fixture.paths_given, 1);
}

TEST(PartitionedWriterTest, AStoreThatFailsInTheMiddleLeavesWhatIsFinished) {
  storage::MemoryStore memory;
  storage::FaultyStore store(memory);
  int paths_given = 0;
  auto writer = PartitionedWriter::make(
      store, orders_schema(), {}, {.files = {.target_file_bytes = 50'000}},
      [&]() -> Result<std::string> { return fmt::format("memory://table/data/{}.parquet", ++paths_given); });
  ASSERT_TRUE(writer);
  const Error gone{ErrorKind::kUnreachable, "no route to host"};
  store.inject({.verb = storage::Verb::kAppend,
                .path_contains = "3.parquet",
                .skip = 1,
                .effect = storage::FailBefore{gone}});
  SampleOrders orders({});
  Result<void> appended;
  for (int i = 0; i < 100 && appended; ++i)
    appended = writer->append(orders.next(1000));
  ASSERT_FALSE(appended);
  EXPECT_EQ(appended.error(), gone);
  EXPECT_THAT(writer->abandon(),
              testing::ElementsAre("memory://table/data/1.parquet", "memory://table/data/2.parquet"));
  EXPECT_THAT(*memory.list("memory://"), SizeIs(2)) << "of the third nothing is there";

  ASSERT_TRUE(writer->append(orders.next(1000))) << "after abandon() it is as new";
  const auto files = writer->flush();
  ASSERT_TRUE(files) << files.error().message;
  EXPECT_THAT(*files, SizeIs(1));
}

TEST(PartitionedWriterTest, AFileThatCannotBeNamedIsNotBegun) {
  storage::MemoryStore store;
  const Error refused{ErrorKind::kUnavailable, "the journal could not be written"};
  auto writer = PartitionedWriter::make(store, orders_schema(), {}, {},
                                        [&]() -> Result<std::string> { return std::unexpected(refused); });
  ASSERT_TRUE(writer);
  SampleOrders orders({});
  const auto appended = writer->append(orders.next(1000));
  ASSERT_FALSE(appended);
  EXPECT_EQ(appended.error(), refused);
  EXPECT_THAT(*store.list("memory://"), IsEmpty());
}

TEST(PartitionedWriterTest, RefusesASourceWithinAList) {
  storage::MemoryStore store;
  const iceberg::PartitionSpec spec{.fields = {{.source_id = FieldId(31),
                                                .field_id = FieldId(1000),
                                                .name = "sku",
                                                .transform = iceberg::SimpleTransform::kIdentity}}};
  const auto writer = PartitionedWriter::make(store, orders_schema(), spec, {}, {});
  ASSERT_FALSE(writer.has_value());
  EXPECT_EQ(writer.error().kind, ErrorKind::kConfig);
}

}  // namespace
}  // namespace calve::datafile
