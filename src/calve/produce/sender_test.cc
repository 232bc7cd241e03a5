#include "calve/produce/sender.h"

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include "calve/base/uuid.h"
#include "calve/produce/file_log_sender.h"
#include "calve/produce/line_file.h"
#include "calve/produce/partitioner.h"
#include "calve/produce/stdout_sender.h"

namespace calve::produce {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class SenderTest : public testing::Test {
 protected:
  SenderTest() {
    std::string name = fs::temp_directory_path() / "calve-sender-XXXXXX";
    root_ = mkdtemp(name.data());
  }
  ~SenderTest() override { fs::remove_all(root_); }

  static std::string read(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  fs::path root_;
};

TEST(PartitionerTest, HashesAsKafkasJavaClientDoes) {
  // From the tests of Kafka's own Utils.murmur2.
  const std::pair<const char*, std::int32_t> cases[] = {
      {"21", -973932308},
      {"foobar", -790332482},
      {"a-little-bit-long-string", -985981536},
      {"a-little-bit-longer-string", -1486304829},
      {"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971},
      {"abc", 479470107}};
  for (const auto& [key, hash] : cases) {
    EXPECT_EQ(static_cast<std::int32_t>(murmur2(key)), hash) << key;
    EXPECT_EQ(partition_of(key, 7).value(), (hash & 0x7fffffff) % 7) << key;
  }
}

TEST_F(SenderTest, FileLogHoldsALineAnEventInThePartitionOfItsKey) {
  const FileLogTarget target{.root = root_, .topic = "t", .partitions = 3};
  auto sender = open_file_log_sender(target);
  ASSERT_TRUE(sender) << sender.error().message;
  std::map<std::int32_t, std::string> expected;
  for (int at = 0; at < 1'000; ++at) {
    const std::string key = "C" + std::to_string(at % 50);
    const std::string payload = "{\"n\":" + std::to_string(at) + "}";
    ASSERT_TRUE((*sender)->send({.key = key, .payload = payload}));
    expected[partition_of(key, 3).value()] += payload + "\n";
  }
  ASSERT_TRUE((*sender)->close());
  EXPECT_EQ((*sender)->deliveries(), (Deliveries{.delivered = 1'000, .failed = 0}));
  ASSERT_EQ(expected.size(), 3u);
  for (const auto& [partition, text] : expected) {
    EXPECT_EQ(read(root_ / "t" / (std::to_string(partition) + ".ndjson")), text) << partition;
  }
}

TEST_F(SenderTest, FileLogKeepsItsIdentityAndGrows) {
  ASSERT_TRUE(open_file_log_sender({.root = root_, .topic = "t", .partitions = 2}));
  const std::string identity = read(root_ / "t/.identity");
  ASSERT_EQ(identity.size(), 37u) << identity;
  EXPECT_EQ(identity.back(), '\n');
  EXPECT_TRUE(parse_uuid(identity.substr(0, 36))) << identity;

  ASSERT_TRUE(open_file_log_sender({.root = root_, .topic = "t", .partitions = 4}));
  EXPECT_EQ(read(root_ / "t/.identity"), identity);
  EXPECT_TRUE(fs::exists(root_ / "t/3.ndjson"));

  const auto fewer = open_file_log_sender({.root = root_, .topic = "t", .partitions = 3});
  ASSERT_FALSE(fewer);
  EXPECT_EQ(fewer.error().kind, ErrorKind::kUsage);
  EXPECT_THAT(fewer.error().message, HasSubstr("3 asked"));
}

TEST_F(SenderTest, FileLogStaysAsItIsIfNoPartitionsAreAskedFor) {
  ASSERT_TRUE(open_file_log_sender({.root = root_, .topic = "new"}));
  EXPECT_TRUE(fs::exists(root_ / "new/3.ndjson"));
  EXPECT_FALSE(fs::exists(root_ / "new/4.ndjson"));

  for (const std::int32_t partitions : {2, 6}) {
    const std::string topic = std::to_string(partitions);
    ASSERT_TRUE(open_file_log_sender({.root = root_, .topic = topic, .partitions = partitions}));
    auto sender = open_file_log_sender({.root = root_, .topic = topic});
    ASSERT_TRUE(sender) << sender.error().message;
    EXPECT_TRUE(fs::exists(root_ / topic / (std::to_string(partitions - 1) + ".ndjson")));
    EXPECT_FALSE(fs::exists(root_ / topic / (topic + ".ndjson")));
  }
}

TEST_F(SenderTest, FlushShowsWhatWasSentSoFar) {
  auto sender = open_file_log_sender({.root = root_, .topic = "t", .partitions = 1});
  ASSERT_TRUE(sender);
  ASSERT_TRUE((*sender)->send({.key = "k", .payload = "{}"}));
  EXPECT_EQ(read(root_ / "t/0.ndjson"), "");
  EXPECT_EQ((*sender)->deliveries().delivered, 0u);
  ASSERT_TRUE((*sender)->flush());
  EXPECT_EQ(read(root_ / "t/0.ndjson"), "{}\n");
  EXPECT_EQ((*sender)->deliveries().delivered, 1u);
}

TEST_F(SenderTest, LineThatWasCutShortDoesNotSpoilTheNext) {
  std::ofstream(root_ / "f") << "{\"whole\":1}\n{\"half\":";
  auto file = LineFile::append_to(root_ / "f");
  ASSERT_TRUE(file);
  ASSERT_TRUE(file->add("{\"next\":1}"));
  ASSERT_TRUE(file->sync());
  EXPECT_EQ(read(root_ / "f"), "{\"whole\":1}\n{\"half\":\n{\"next\":1}\n");
}

TEST_F(SenderTest, TwoWritersInterleaveWholeLines) {
  auto one = LineFile::append_to(root_ / "f");
  auto two = LineFile::append_to(root_ / "f");
  ASSERT_TRUE(one && two);
  const std::string first(700, 'a');
  const std::string second(900, 'b');
  for (int at = 0; at < 5'000; ++at) {
    ASSERT_TRUE(one->add(first));
    ASSERT_TRUE(two->add(second));
  }
  ASSERT_TRUE(one->sync());
  ASSERT_TRUE(two->sync());
  std::istringstream text(read(root_ / "f"));
  std::map<std::string, int> lines;
  for (std::string line; std::getline(text, line);)
    ++lines[line];
  EXPECT_EQ(lines, (std::map<std::string, int>{{first, 5'000}, {second, 5'000}}));
}

TEST_F(SenderTest, FullDiskIsAnErrorThatCountsNothingAsDelivered) {
  signal(SIGXFSZ, SIG_IGN);
  auto file = LineFile::append_to(root_ / "f");
  ASSERT_TRUE(file);
  ASSERT_TRUE(file->add(std::string(4'000, 'x')));
  rlimit unlimited{};
  getrlimit(RLIMIT_FSIZE, &unlimited);
  const rlimit small{.rlim_cur = 1'000, .rlim_max = unlimited.rlim_max};
  setrlimit(RLIMIT_FSIZE, &small);
  const auto written = file->flush();
  setrlimit(RLIMIT_FSIZE, &unlimited);
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().kind, ErrorKind::kIo);
  EXPECT_THAT(written.error().message, HasSubstr((root_ / "f").string()));
  EXPECT_EQ(file->written(), 0u);
}

TEST_F(SenderTest, FolderThatCannotBeMadeIsNamed) {
  std::ofstream(root_ / "t") << "a file";
  const auto sender = open_file_log_sender({.root = root_, .topic = "t"});
  ASSERT_FALSE(sender);
  EXPECT_THAT(sender.error().message, HasSubstr((root_ / "t").string()));
}

TEST(StdoutSenderTest, WritesLinesAndLeavesTheDescriptorOpen) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  {
    auto sender = make_stdout_sender(ends[1]);
    ASSERT_TRUE(sender->send({.key = "k", .payload = "one"}));
    ASSERT_TRUE(sender->send({.key = "k", .payload = "two"}));
    ASSERT_TRUE(sender->close());
    EXPECT_EQ(sender->deliveries(), (Deliveries{.delivered = 2, .failed = 0}));
  }
  EXPECT_EQ(write(ends[1], "!", 1), 1);
  char text[16];
  EXPECT_EQ(std::string(text, static_cast<std::size_t>(::read(ends[0], text, sizeof(text)))), "one\ntwo\n!");
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST(StdoutSenderTest, ReaderThatWentAwayIsAnError) {
  signal(SIGPIPE, SIG_IGN);
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  ::close(ends[0]);
  auto sender = make_stdout_sender(ends[1]);
  ASSERT_TRUE(sender->send({.key = "k", .payload = "one"}));
  const auto closed = sender->close();
  ASSERT_FALSE(closed);
  EXPECT_THAT(closed.error().message, HasSubstr("reader has gone away"));
  ::close(ends[1]);
}

}  // namespace
}  // namespace calve::produce
