// What object_store.h promises, asked of every store.

#include <atomic>
#include <filesystem>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "calve/storage/store_under_test.h"

namespace calve::storage {
namespace {

class ContractTest : public testing::TestWithParam<StoreUnderTest> {
 protected:
  ~ContractTest() override {
    if (const auto objects = store_->list(root_ + "/")) {
      for (const auto& object : *objects)
        EXPECT_TRUE(store_->remove(object.path)) << object.path;
    }
    const auto local = root_.starts_with("file:") ? root_.substr(5) : root_;
    if (local.starts_with('/')) std::filesystem::remove_all(local);
  }

  std::string path(const std::string& name) const { return root_ + "/" + name; }

  std::vector<std::string> names(const std::string& prefix) {
    const auto objects = store_->list(path(prefix));
    EXPECT_TRUE(objects) << objects.error().message;
    std::vector<std::string> found;
    for (const auto& object : objects.value_or(std::vector<ObjectInfo>{})) {
      EXPECT_TRUE(object.path.starts_with(root_)) << object.path;
      found.push_back(object.path.substr(root_.size() + 1));
    }
    return found;
  }

  const std::string root_ = GetParam().make_root();
  const std::unique_ptr<ObjectStore> store_ = GetParam().open();
};

// Byte i is a function of i with a period that no power of two divides.
std::string patterned_bytes(std::size_t size) {
  std::string bytes(size, '\0');
  for (std::size_t i = 0; i < size; ++i)
    bytes[i] = static_cast<char>(i % 251);
  return bytes;
}

TEST_P(ContractTest, ReadsWhatWasWritten) {
  for (const std::size_t size : {0, 1, 255, 1'000'000}) {
    const auto bytes = patterned_bytes(size);
    ASSERT_TRUE(store_->write(path("a/b"), bytes)) << size;
    EXPECT_TRUE(store_->read(path("a/b")) == bytes) << size;
    EXPECT_EQ(store_->stat(path("a/b")),
              (ObjectInfo{.path = path("a/b"), .size_bytes = static_cast<std::int64_t>(size)}));
  }
}

TEST_P(ContractTest, WhatIsMissingIsNotFound) {
  ASSERT_TRUE(store_->write(path("there"), "x"));
  for (const auto* name : {"missing", "no/such/folder/missing", "there/below"}) {
    EXPECT_EQ(error_kind(store_->read(path(name))), ErrorKind::kNotFound) << name;
    EXPECT_EQ(error_kind(store_->read_range(path(name), 0, 1)), ErrorKind::kNotFound) << name;
    EXPECT_EQ(error_kind(store_->stat(path(name))), ErrorKind::kNotFound) << name;
    EXPECT_TRUE(store_->remove(path(name))) << name;
    EXPECT_EQ(names(std::string(name) + "/"), std::vector<std::string>{}) << name;
  }
}

TEST_P(ContractTest, AFolderIsNoObject) {
  ASSERT_TRUE(store_->write(path("folder/object"), "x"));
  EXPECT_EQ(error_kind(store_->read(path("folder"))), ErrorKind::kNotFound);
  EXPECT_EQ(error_kind(store_->stat(path("folder"))), ErrorKind::kNotFound);
}

TEST_P(ContractTest, RangeIsCutAtTheEndOfTheObject) {
  ASSERT_TRUE(store_->write(path("object"), "0123456789"));
  ASSERT_TRUE(store_->write(path("empty"), ""));
  struct Case {
    std::string name;
    std::int64_t begin;
    std::int64_t length;
    std::string expected;
  };
  for (const auto& [name, begin, length, expected] :
       {Case{"object", 0, 10, "0123456789"}, Case{"object", 3, 4, "3456"}, Case{"object", 8, 100, "89"},
        Case{"object", 9, 1, "9"}, Case{"object", 10, 1, ""}, Case{"object", 1'000, 5, ""},
        Case{"object", 4, 0, ""}, Case{"empty", 0, 8, ""}}) {
    EXPECT_EQ(store_->read_range(path(name), begin, length), expected)
        << name << " " << begin << " " << length;
  }
  EXPECT_EQ(error_kind(store_->read_range(path("object"), -1, 4)), ErrorKind::kUsage);
  EXPECT_EQ(error_kind(store_->read_range(path("object"), 0, -4)), ErrorKind::kUsage);
  EXPECT_EQ(error_kind(store_->read_range(path("object"), 2, std::numeric_limits<std::int64_t>::max())),
            ErrorKind::kUsage);
}

TEST_P(ContractTest, CreateLeavesWhatIsThere) {
  EXPECT_TRUE(store_->create(path("metadata/v1"), "first"));
  EXPECT_EQ(error_kind(store_->create(path("metadata/v1"), "second")), ErrorKind::kAlreadyExists);
  EXPECT_EQ(store_->read(path("metadata/v1")), "first");
  EXPECT_TRUE(store_->remove(path("metadata/v1")));
  EXPECT_TRUE(store_->create(path("metadata/v1"), "third"));
  EXPECT_EQ(store_->read(path("metadata/v1")), "third");
  EXPECT_EQ(names("metadata/"), std::vector<std::string>{"metadata/v1"});
}

TEST_P(ContractTest, OneOfRacingCreatesWins) {
  constexpr int kRacers = 16;
  std::atomic<int> won{-1};
  std::atomic<int> winners{0};
  std::atomic<int> losers{0};
  {
    std::vector<std::jthread> racers;
    for (int i = 0; i < kRacers; ++i) {
      racers.emplace_back([&, i] {
        const auto created = store_->create(path("race/v1"), std::to_string(i));
        if (created) {
          ++winners;
          won = i;
        } else if (created.error().kind == ErrorKind::kAlreadyExists) {
          ++losers;
        }
      });
    }
  }
  EXPECT_EQ(winners, 1);
  EXPECT_EQ(losers, kRacers - 1);
  EXPECT_EQ(store_->read(path("race/v1")), std::to_string(won));
}

TEST_P(ContractTest, AWriterShowsNothingBeforeItFinishes) {
  ASSERT_TRUE(store_->write(path("data/object"), "old"));
  auto writer = store_->open_writer(path("data/object"));
  ASSERT_TRUE(writer) << writer.error().message;
  ASSERT_TRUE((*writer)->append("new"));
  EXPECT_EQ(store_->read(path("data/object")), "old");
  EXPECT_EQ(names("data/"), std::vector<std::string>{"data/object"});
  ASSERT_TRUE((*writer)->finish());
  EXPECT_EQ(store_->read(path("data/object")), "new");
}

TEST_P(ContractTest, AnUnfinishedWriterLeavesNothing) {
  {
    auto writer = store_->open_writer(path("data/object"));
    ASSERT_TRUE(writer) << writer.error().message;
    ASSERT_TRUE((*writer)->append(patterned_bytes(200'000)));
  }
  EXPECT_EQ(names(""), std::vector<std::string>{});
}

TEST_P(ContractTest, AWriterTakesPiecesOfAnySize) {
  const auto bytes = patterned_bytes(20'000'000);
  struct Case {
    std::size_t total;
    std::size_t piece;
  };
  for (const auto& [total, piece] : {Case{0, 1}, Case{1, 1}, Case{200'000, 7}, Case{8u << 20, 65'536},
                                     Case{20'000'000, 1'000'003}, Case{20'000'000, 20'000'000}}) {
    auto writer = store_->open_writer(path("data/object"));
    ASSERT_TRUE(writer) << writer.error().message;
    for (std::size_t at = 0; at < total; at += piece) {
      const auto appended =
          (*writer)->append(std::string_view(bytes).substr(at, std::min(piece, total - at)));
      ASSERT_TRUE(appended) << appended.error().message;
    }
    const auto finished = (*writer)->finish();
    ASSERT_TRUE(finished) << finished.error().message;
    const auto back = store_->read(path("data/object"));
    EXPECT_TRUE(back && *back == std::string_view(bytes).substr(0, total)) << total << " in " << piece;
  }
}

TEST_P(ContractTest, ListsByPrefixInOrder) {
  const std::vector<std::string> all = {"data/created_at_day=2026-11-24/a.parquet",
                                        "data/created_at_day=2026-11-24/b c+d%20&=?.parquet",
                                        "metadata/snap-\xC3\xA9.avro",
                                        "metadata/v1.metadata.json",
                                        "metadata/v10.metadata.json",
                                        "metadata/v2.metadata.json"};
  for (const auto& name : all)
    ASSERT_TRUE(store_->write(path(name), name)) << name;
  ASSERT_TRUE(store_->write(root_ + "-sibling/x", "x"));

  EXPECT_EQ(names(""), all);
  EXPECT_EQ(names("metadata/v1"),
            (std::vector<std::string>{"metadata/v1.metadata.json", "metadata/v10.metadata.json"}));
  EXPECT_EQ(names("meta"), (std::vector<std::string>(all.begin() + 2, all.end())));
  EXPECT_EQ(names("data/created_at_day=2026-11-24/b c+d%20&=?.parquet"), std::vector<std::string>{all[1]});
  EXPECT_EQ(names("nothing"), std::vector<std::string>{});
  for (const auto& name : all)
    EXPECT_EQ(store_->read(path(name)), name);
  EXPECT_TRUE(store_->remove(root_ + "-sibling/x"));
  const auto sibling = root_.substr(root_.starts_with("file:") ? 5 : 0) + "-sibling";
  if (sibling.starts_with('/')) std::filesystem::remove_all(sibling);
}

TEST_P(ContractTest, EveryVerbRefusesAForeignPath) {
  std::vector<std::string> refused = {"",
                                      "relative/path",
                                      "gopher://host/x",
                                      "file://host/x",
                                      path("../outside"),
                                      path("a/./b"),
                                      path("folder/"),
                                      path(std::string("nul\0byte", 8))};
  for (const auto* foreign : {"memory://x/y", "/tmp/calve-foreign/y", "s3://bucket/y"}) {
    if (root_.substr(0, 2) != std::string(foreign).substr(0, 2) && !(root_[0] == 'f' && foreign[0] == '/'))
      refused.emplace_back(foreign);
  }
  for (const auto& bad : refused) {
    EXPECT_EQ(error_kind(store_->read(bad)), ErrorKind::kConfig) << bad;
    EXPECT_EQ(error_kind(store_->read_range(bad, 0, 1)), ErrorKind::kConfig) << bad;
    EXPECT_EQ(error_kind(store_->stat(bad)), ErrorKind::kConfig) << bad;
    EXPECT_EQ(error_kind(store_->write(bad, "x")), ErrorKind::kConfig) << bad;
    EXPECT_EQ(error_kind(store_->create(bad, "x")), ErrorKind::kConfig) << bad;
    EXPECT_EQ(error_kind(store_->open_writer(bad)), ErrorKind::kConfig) << bad;
    EXPECT_EQ(error_kind(store_->remove(bad)), ErrorKind::kConfig) << bad;
    if (!bad.ends_with('/')) {
      EXPECT_EQ(error_kind(store_->list(bad)), ErrorKind::kConfig) << bad;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(EveryStore, ContractTest, testing::ValuesIn(stores_under_test()),
                         [](const auto& param_info) { return param_info.param.name; });

}  // namespace
}  // namespace calve::storage
