#include "calve/datafile/writer.h"

#include <optional>

#include <arrow/api.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "calve/datafile/read_back.h"
#include "calve/datafile/sample_orders.h"
#include "calve/storage/faulty_store.h"
#include "calve/storage/memory_store.h"

namespace calve::datafile {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr auto kPath = "memory://table/data/1.parquet";

TEST(WriterTest, WritesOrdersThatArrowReads) {
  storage::MemoryStore store;
  const FileSchema schema = make_file_schema(orders_schema());
  SampleOrders orders({});
  auto writer = Writer::open(store, {.path = kPath}, schema, {});
  ASSERT_TRUE(writer.has_value());
  ASSERT_TRUE(writer->append(orders.next(1000)).has_value());
  ASSERT_TRUE(writer->append(orders.next(500)).has_value());
  const auto file = writer->close();
  ASSERT_TRUE(file.has_value()) << file.error().message;

  EXPECT_EQ(file->record_count, 1500);
  const std::string bytes = *store.read(kPath);
  EXPECT_EQ(file->file_size_in_bytes, static_cast<std::int64_t>(bytes.size()));
  EXPECT_THAT(file->split_offsets, ElementsAre(4));
  const auto table = read_table(bytes);
  EXPECT_EQ(table->num_rows(), 1500);
  EXPECT_EQ(table->num_columns(), 21);
  EXPECT_TRUE(table->ValidateFull().ok());
}

TEST(WriterTest, LeavesNothingUnlessClosed) {
  storage::MemoryStore store;
  const FileSchema schema = make_file_schema(orders_schema());
  SampleOrders orders({});
  {
    auto writer = Writer::open(store, {.path = kPath}, schema, {.row_group_bytes_max = 1});
    ASSERT_TRUE(writer.has_value());
    ASSERT_TRUE(writer->append(orders.next(100)).has_value());
  }
  EXPECT_THAT(*store.list("memory://"), IsEmpty());
}

// A level is a property of the table, which anybody may set.
TEST(WriterTest, ALevelThatTheCodecDoesNotHaveIsRefusedOrLeftAlone) {
  const FileSchema schema = make_file_schema(orders_schema());
  for (const Codec codec : {Codec::kGzip, Codec::kZstd}) {
    storage::MemoryStore store;
    const auto refused =
        Writer::open(store, {.path = kPath}, schema, {.codec = codec, .compression_level = 99});
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().kind, ErrorKind::kConfig);
    EXPECT_THAT(refused.error().message, testing::HasSubstr("write.parquet.compression-level='99'"));
  }
  for (const Codec codec : {Codec::kSnappy, Codec::kLz4Raw, Codec::kUncompressed}) {
    storage::MemoryStore store;
    SampleOrders orders({});
    auto writer = Writer::open(store, {.path = kPath}, schema, {.codec = codec, .compression_level = 3});
    ASSERT_TRUE(writer.has_value()) << writer.error().message;
    ASSERT_TRUE(writer->append(orders.next(500)).has_value());
    const auto file = writer->close();
    ASSERT_TRUE(file.has_value()) << file.error().message;
    EXPECT_EQ(read_table(*store.read(kPath))->num_rows(), 500);
  }
}

// Wherever in a file the store fails, the caller gets the store's own error and no object is left.
TEST(WriterTest, AStoreThatFailsIsSaidAsItIs) {
  const FileSchema schema = make_file_schema(orders_schema());
  const Error full{ErrorKind::kIo, "No space left on device: /data"};
  struct Case {
    const char* name;
    storage::Verb verb;
    int skip;
  };
  for (const auto& [name, verb, skip] :
       {Case{"at the start", storage::Verb::kOpenWriter, 0}, Case{"first bytes", storage::Verb::kAppend, 0},
        Case{"in the middle", storage::Verb::kAppend, 7}, Case{"at the end", storage::Verb::kFinish, 0}}) {
    storage::MemoryStore memory;
    storage::FaultyStore store(memory);
    store.inject(
        {.verb = verb, .skip = skip, .times = storage::Fault::kAlways, .effect = storage::FailBefore{full}});
    SampleOrders orders({});
    std::optional<Error> met;
    {
      auto writer = Writer::open(store, {.path = kPath}, schema, {.row_group_bytes_max = 100'000});
      if (!writer) met = writer.error();
      for (int i = 0; i < 20 && !met; ++i) {
        if (const auto appended = writer->append(orders.next(500)); !appended) met = appended.error();
      }
      if (!met) {
        const auto closed = writer->close();
        ASSERT_FALSE(closed) << name;
        met = closed.error();
      }
    }
    EXPECT_EQ(met, full) << name;
    EXPECT_THAT(*memory.list("memory://"), IsEmpty()) << name;
    EXPECT_GE(store.calls(verb), skip + 1) << name;
  }
}

}  // namespace
}  // namespace calve::datafile
