#include "calve/storage/local_store.h"

#include <array>
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/inotify.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "calve/base/uuid.h"
#include "calve/storage/errno_error.h"
#include "calve/storage/store_under_test.h"
#include "calve/storage/unique_fd.h"

namespace calve::storage {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class LocalStoreTest : public testing::TestWithParam<TemporaryFiles> {
 protected:
  LocalStoreTest() { fs::create_directories(root_); }
  ~LocalStoreTest() override { fs::remove_all(root_); }

  std::vector<std::string> files() const {
    std::vector<std::string> found;
    for (const auto& entry : fs::recursive_directory_iterator(root_)) {
      if (!entry.is_directory()) found.push_back(entry.path().filename());
    }
    return found;
  }

  const std::string root_ = testing::TempDir() + "calve-local-" + to_string(random_uuid());
  LocalStore store_{GetParam()};
};

TEST_P(LocalStoreTest, LeavesNoTemporaryFile) {
  ASSERT_TRUE(store_.write(root_ + "/object", "1"));
  ASSERT_TRUE(store_.write(root_ + "/object", "2"));
  EXPECT_FALSE(store_.create(root_ + "/object", "3"));
  {
    auto writer = store_.open_writer(root_ + "/object");
    ASSERT_TRUE(writer);
    ASSERT_TRUE((*writer)->append("4"));
  }
  fs::create_directory(root_ + "/taken");
  EXPECT_EQ(error_kind(store_.write(root_ + "/taken", "5")), ErrorKind::kConfig);
  EXPECT_EQ(files(), std::vector<std::string>{"object"});
}

// A process killed between the two names of a file would leave the first one behind.
TEST(LocalStoreNamesTest, ANewObjectHasNoOtherNameFirst) {
  const auto folder = testing::TempDir() + "calve-names-" + to_string(random_uuid());
  fs::create_directories(folder);
  const UniqueFd watch(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
  ASSERT_GE(::inotify_add_watch(watch.get(), folder.c_str(), IN_CREATE | IN_MOVED_TO), 0);

  LocalStore store(TemporaryFiles::kNamelessWherePossible);
  ASSERT_TRUE(store.write(folder + "/object", "1"));

  std::vector<std::string> names;
  alignas(inotify_event) std::array<char, 4'096> events;
  const ssize_t length = ::read(watch.get(), events.data(), events.size());
  for (ssize_t at = 0; at < length;) {
    const auto* event = reinterpret_cast<const inotify_event*>(events.data() + at);
    names.emplace_back(event->name);
    at += static_cast<ssize_t>(sizeof(inotify_event)) + event->len;
  }
  EXPECT_EQ(names, std::vector<std::string>{"object"});
  fs::remove_all(folder);
}

// A process killed before it publishes: with nameless files nothing is left, else a name that is
// never listed.
TEST_P(LocalStoreTest, AKilledWriterLeavesNothingThatIsListed) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const auto folder = testing::TempDir() + "calve-killed";
  fs::remove_all(folder);
  EXPECT_EXIT(
      {
        LocalStore store(GetParam());
        auto writer = store.open_writer(folder + "/data");
        (void)(*writer)->append(std::string(200'000, 'x'));
        ::kill(::getpid(), SIGKILL);
      },
      testing::KilledBySignal(SIGKILL), "");
  EXPECT_EQ(store_.list(folder + "/"), std::vector<ObjectInfo>{});
  ASSERT_TRUE(fs::exists(folder));
  const auto left = std::distance(fs::directory_iterator(folder), fs::directory_iterator());
  if (GetParam() == TemporaryFiles::kNamed) {
    EXPECT_EQ(left, 1);
  } else {
    EXPECT_LE(left, 1);  // 1 where the file system knows no nameless files
  }
  fs::remove_all(folder);
}

TEST_P(LocalStoreTest, AFileWhereAFolderIsNeededIsAConfigError) {
  ASSERT_TRUE(store_.write(root_ + "/file", "x"));
  for (const auto& result :
       {store_.write(root_ + "/file/below", "x"), store_.create(root_ + "/file/below/deep", "x")}) {
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().kind, ErrorKind::kConfig);
    EXPECT_THAT(result.error().message, HasSubstr("choose another location"));
  }
}

TEST_P(LocalStoreTest, AFifoIsNoObject) {
  ASSERT_EQ(::mkfifo((root_ + "/fifo").c_str(), 0600), 0);
  EXPECT_EQ(error_kind(store_.read(root_ + "/fifo")), ErrorKind::kNotFound);
  EXPECT_EQ(store_.list(root_ + "/"), std::vector<ObjectInfo>{});
}

TEST_P(LocalStoreTest, OutOfDescriptorsNamesTheLimitAndLeavesTheObject) {
  ASSERT_TRUE(store_.write(root_ + "/object", "old"));
  rlimit before;
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  const rlimit none{.rlim_cur = 0, .rlim_max = before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
  const auto refused = store_.write(root_ + "/object", "new");
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::kIo);
  EXPECT_THAT(refused.error().message, HasSubstr("ulimit -n"));
  EXPECT_EQ(store_.read(root_ + "/object"), "old");
}

INSTANTIATE_TEST_SUITE_P(Temporaries, LocalStoreTest,
                         testing::Values(TemporaryFiles::kNamelessWherePossible, TemporaryFiles::kNamed),
                         [](const auto& param_info) {
                           return param_info.param == TemporaryFiles::kNamed ? "Named" : "Nameless";
                         });

TEST(ErrnoErrorTest, SaysWhatTheUserMayDo) {
  struct Case {
    int code;
    ErrorKind kind;
    std::string step;
  };
  for (const auto& [code, kind, step] :
       {Case{EACCES, ErrorKind::kAccessDenied, "let this user"},
        Case{ENOSPC, ErrorKind::kIo, "free some space"}, Case{EROFS, ErrorKind::kIo, "mount it writable"},
        Case{EMFILE, ErrorKind::kIo, "ulimit -n"}, Case{EIO, ErrorKind::kIo, "dmesg"},
        Case{ENOENT, ErrorKind::kNotFound, "No such file"},
        Case{ENAMETOOLONG, ErrorKind::kConfig, "another location"},
        Case{EPROTO, ErrorKind::kIo, "Protocol"}}) {
    const auto error = errno_error("cannot read the object", "/a/b", code);
    EXPECT_EQ(error.kind, kind) << code;
    EXPECT_THAT(error.message, HasSubstr(step)) << code;
    EXPECT_THAT(error.message, HasSubstr("'/a/b'")) << code;
  }
}

TEST(TemporaryNameTest, IsADotAUuidAndTmp) {
  const auto uuid = to_string(random_uuid());
  EXPECT_TRUE(is_temporary_name("." + uuid + ".tmp"));
  for (const auto& name : {uuid + ".tmp", "." + uuid, std::string(".tmp"), std::string(".x.tmp"),
                           std::string(), "." + uuid + ".tmp.parquet"}) {
    EXPECT_FALSE(is_temporary_name(name)) << name;
  }
}

}  // namespace
}  // namespace calve::storage
