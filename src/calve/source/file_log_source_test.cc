#include "calve/source/file_log_source.h"

#include <cstdio>
#include <fstream>
#include <stdexcept>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "calve/base/uuid.h"
#include "calve/source/reader_set.h"

namespace calve::source {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* kTopic = "orders.created.v1";

class FileLogTest : public testing::Test {
 protected:
  FileLogTest() : root_(fs::temp_directory_path() / ("calve-file-log-" + to_string(random_uuid()))) {}
  ~FileLogTest() override { fs::remove_all(root_); }

  fs::path path(int partition) const { return root_ / kTopic / (std::to_string(partition) + ".ndjson"); }
  void append(int partition, std::string_view text) const {
    fs::create_directories(root_ / kTopic);
    std::ofstream(path(partition), std::ios::app | std::ios::binary) << text;
  }
  std::unique_ptr<Source> open_source() const {
    auto source = open_file_log({.root = root_, .topic = kTopic, .line_bytes_max = line_bytes_max_});
    if (!source) throw std::runtime_error(source.error().message);
    return std::move(*source);
  }
  static Result<std::unique_ptr<PartitionReader>> open_reader(Source& source, std::int64_t start) {
    auto readers = CALVE_TRY(source.open({{.partition = PartitionId(0), .offset = Offset(start)}}));
    return std::move(readers.front());
  }
  // The records as "offset:value", with '$' where the batch ends.
  static std::string read_one(PartitionReader& reader, const ReadLimits& limits = {}) {
    batch::RecordBatch batch;
    const auto outcome = reader.read(batch, limits);
    if (!outcome) return outcome.error().message;
    if (*outcome == ReadOutcome::kNothing) return "nothing";
    std::string text;
    for (const auto& record : batch.records) {
      text += fmt::format("{}:{} ", record.offset, batch.payload(record));
    }
    return text + fmt::format("${}", batch.to);
  }

  fs::path root_;
  std::size_t line_bytes_max_ = 1'000'000;
};

TEST_F(FileLogTest, LinesAreRecordsAtTheirBytePositions) {
  const struct {
    const char* name;
    const char* text;
    const char* read;
  } cases[] = {
      {"two lines", "{}\n[1]\n", "0:{} 3:[1] $7"},
      {"an empty line is an empty value", "a\n\nb\n", "0:a 2: 3:b $5"},
      {"a partial last line waits", "a\nbc", "0:a $2"},
      {"only a partial line", "abc", "nothing"},
      {"an empty file", "", "nothing"},
      {"a carriage return stays", "a\r\nb\n", "0:a\r 3:b $5"},
  };
  for (const auto& each : cases) {
    fs::remove(path(0));
    append(0, each.text);
    const auto source = open_source();
    const auto reader = open_reader(*source, 0);
    ASSERT_TRUE(reader) << each.name;
    EXPECT_EQ(read_one(**reader), each.read) << each.name;
  }
}

TEST_F(FileLogTest, TailsAGrowingFile) {
  append(0, "a\nb");
  const auto source = open_source();
  const auto reader = open_reader(*source, 0);
  ASSERT_TRUE(reader);
  EXPECT_EQ(read_one(**reader), "0:a $2");
  EXPECT_EQ(read_one(**reader), "nothing");
  append(0, "c");
  EXPECT_EQ(read_one(**reader), "nothing");
  append(0, "\nd\n");
  EXPECT_EQ(read_one(**reader), "2:bc 5:d $7");
  EXPECT_EQ((*reader)->position(), Offset(7));
}

TEST_F(FileLogTest, LimitsEndABatchAndTheNextGoesOn) {
  append(0, "one\ntwo\nthree\nfour\n");
  const auto source = open_source();
  const auto reader = open_reader(*source, 0);
  ASSERT_TRUE(reader);
  EXPECT_EQ(read_one(**reader, {.records_max = 1}), "0:one $4");
  EXPECT_EQ(read_one(**reader, {.bytes_max = 4}), "4:two 8:three $14");
  EXPECT_EQ(read_one(**reader), "14:four $19");
}

TEST_F(FileLogTest, LinesLargerThanAChunkAreWhole) {
  line_bytes_max_ = 8'000'000;
  const std::string large(5'000'000, 'x');
  append(0, "a\n" + large + "\nb\n");
  const auto source = open_source();
  const auto reader = open_reader(*source, 0);
  ASSERT_TRUE(reader);
  std::string values;
  batch::RecordBatch batch;
  while (*(*reader)->read(batch, {}) == ReadOutcome::kBatch) {
    for (const auto& record : batch.records)
      values += std::string(batch.payload(record)) + "\n";
  }
  EXPECT_TRUE(values == "a\n" + large + "\nb\n");
  EXPECT_EQ((*reader)->position(), Offset(5'000'005));
}

TEST_F(FileLogTest, OverlongLineIsRefusedWhereItBegins) {
  line_bytes_max_ = 10;
  for (const char* text : {"a\n12345678901\n", "a\n12345678901"}) {
    fs::remove(path(0));
    append(0, text);
    const auto source = open_source();
    const auto reader = open_reader(*source, 0);
    ASSERT_TRUE(reader);
    EXPECT_EQ(read_one(**reader), "0:a $2") << text;
    batch::RecordBatch batch;
    for (int again = 0; again < 2; ++again) {
      const auto outcome = (*reader)->read(batch, {});
      ASSERT_FALSE(outcome) << text;
      EXPECT_EQ(outcome.error().kind, ErrorKind::kInvalidData) << text;
      EXPECT_THAT(outcome.error().message, HasSubstr("byte 2")) << text;
    }
    EXPECT_EQ((*reader)->position(), Offset(2)) << text;
  }
  fs::remove(path(0));
  append(0, "1234567890\n");
  const auto source = open_source();
  EXPECT_EQ(read_one(**open_reader(*source, 0)), "0:1234567890 $11") << "the limit itself is allowed";
}

TEST_F(FileLogTest, StartsOnlyWhereALineBegins) {
  append(0, "ab\ncd\n");
  const auto source = open_source();
  for (const std::int64_t start : {0, 3, 6})
    EXPECT_TRUE(open_reader(*source, start)) << start;
  for (const std::int64_t start : {1, 2, 4, 7, 100}) {
    const auto reader = open_reader(*source, start);
    ASSERT_FALSE(reader) << start;
    EXPECT_EQ(reader.error().kind, ErrorKind::kSourceGap) << start;
  }
}

TEST_F(FileLogTest, AFileThatShrankOrWasReplacedIsAGap) {
  const struct {
    const char* name;
    void (*harm)(const fs::path&);
  } cases[] = {
      {"shrank", [](const fs::path& file) { fs::resize_file(file, 2); }},
      {"removed", [](const fs::path& file) { fs::remove(file); }},
      {"replaced",
       [](const fs::path& file) {
         std::ofstream(file.string() + "2") << "ab\ncd\nef\n";
         fs::rename(file.string() + "2", file);
       }},
  };
  for (const auto& each : cases) {
    fs::remove(path(0));
    append(0, "ab\ncd\n");
    const auto source = open_source();
    const auto reader = open_reader(*source, 0);
    ASSERT_TRUE(reader) << each.name;
    EXPECT_EQ(read_one(**reader), "0:ab 3:cd $6") << each.name;
    each.harm(path(0));
    batch::RecordBatch batch;
    const auto outcome = (*reader)->read(batch, {});
    ASSERT_FALSE(outcome) << each.name;
    EXPECT_EQ(outcome.error().kind, ErrorKind::kSourceGap) << each.name;
  }
}

TEST_F(FileLogTest, NewPartitionsAreAssignedOnce) {
  append(0, "a\n");
  append(10, "a\n");
  for (const char* other :
       {"01.ndjson", "x.ndjson", "-1.ndjson", "3.json", ".ndjson", "99999999999.ndjson"}) {
    std::ofstream(root_ / kTopic / other) << "a\n";
  }
  const auto source = open_source();
  EXPECT_THAT(*source->poll(Milliseconds(0), {}),
              ElementsAre(Event(Assigned{{PartitionId(0), PartitionId(10)}})));
  EXPECT_THAT(*source->poll(Milliseconds(0), {}), ElementsAre());
  append(2, "b\n");
  EXPECT_THAT(*source->poll(Milliseconds(0), {}), ElementsAre(Event(Assigned{{PartitionId(2)}})));
}

TEST_F(FileLogTest, EndIsBehindTheLastWholeLine) {
  append(0, "ab\ncd");
  append(1, "");
  append(2, "no newline");
  append(3, "a\n" + std::string(200'000, 'x'));
  const auto source = open_source();
  const auto ends = source->end_offsets();
  ASSERT_TRUE(ends) << ends.error().message;
  EXPECT_EQ(*ends, (std::map<PartitionId, Offset>{{PartitionId(0), Offset(3)},
                                                  {PartitionId(1), Offset(0)},
                                                  {PartitionId(2), Offset(0)},
                                                  {PartitionId(3), Offset(2)}}));
  EXPECT_EQ(source->known_end(PartitionId(0)), Offset(5));
  EXPECT_EQ(source->known_end(PartitionId(9)), std::nullopt);
}

TEST_F(FileLogTest, IdentityStaysAndARecreatedLogIsSeen) {
  const auto first = open_source()->identity();
  EXPECT_TRUE(parse_uuid(first.topic_id)) << first.topic_id;
  const auto source = open_source();
  EXPECT_EQ(source->identity(), first);

  fs::remove_all(root_ / kTopic);
  const auto gone = source->poll(Milliseconds(0), {});
  ASSERT_FALSE(gone);
  EXPECT_EQ(gone.error().kind, ErrorKind::kSourceGap);

  EXPECT_FALSE(batch::may_be_same_log(first, open_source()->identity()));
  const auto recreated = source->poll(Milliseconds(0), {});
  ASSERT_FALSE(recreated);
  EXPECT_EQ(recreated.error().kind, ErrorKind::kSourceGap);
}

TEST_F(FileLogTest, WhoOnlyLooksMakesNoLog) {
  const FileLogOptions look{.root = root_, .topic = kTopic, .if_absent = IfAbsent::kRefuse};
  const auto absent = open_file_log(look);
  ASSERT_FALSE(absent);
  EXPECT_EQ(absent.error().kind, ErrorKind::kNotFound);
  EXPECT_FALSE(fs::exists(root_));

  const auto made = open_source()->identity();
  const auto found = open_file_log(look);
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ((*found)->identity(), made);
}

TEST_F(FileLogTest, RefusesAnIdentityThatIsNone) {
  for (const char* text : {"", "\n", "not-a-uuid\n", "6fa459ea-ee8a-3ca4-894e-db77e160355e",
                           "6fa459ea-ee8a-3ca4-894e-db77e160355e\n\n"}) {
    fs::create_directories(root_ / kTopic);
    std::ofstream(root_ / kTopic / ".identity", std::ios::trunc) << text;
    const auto source = open_file_log({.root = root_, .topic = kTopic});
    ASSERT_FALSE(source) << '"' << text << '"';
    EXPECT_EQ(source.error().kind, ErrorKind::kInvalidData) << '"' << text << '"';
  }
}

TEST_F(FileLogTest, RefusesTopicNamesThatLeaveTheRoot) {
  for (const char* topic : {"", ".", "..", "a/b", "/etc"}) {
    const auto source = open_file_log({.root = root_, .topic = topic});
    ASSERT_FALSE(source) << topic;
    EXPECT_EQ(source.error().kind, ErrorKind::kConfig) << topic;
  }
}

TEST_F(FileLogTest, AReaderSetFollowsAnAppender) {
  append(0, "");
  const auto source = open_source();
  ReaderSet set;
  set.add(std::move(*open_reader(*source, 0)));
  append(0, "late\n");
  batch::RecordBatch batch;
  ASSERT_EQ(set.read(batch, {.wait_max = Milliseconds(5'000)}, {}), ReadOutcome::kBatch);
  EXPECT_EQ(batch.payload(batch.records.front()), "late");
}

}  // namespace
}  // namespace calve::source
