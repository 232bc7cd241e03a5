#include "calve/storage/faulty_store.h"

#include <thread>

#include <gtest/gtest.h>

#include "calve/storage/memory_store.h"
#include "calve/storage/store_under_test.h"

namespace calve::storage {
namespace {

class FaultyStoreTest : public testing::Test {
 protected:
  MemoryStore inner_;
  FaultyStore store_{inner_};
};

TEST_F(FaultyStoreTest, FailBeforeDoesNotApply) {
  store_.inject({.verb = Verb::kCreate, .effect = FailBefore{{ErrorKind::kUnavailable, "503"}}});
  EXPECT_EQ(store_.create("memory://a", "x"), Result<void>(fail(ErrorKind::kUnavailable, "503")));
  EXPECT_EQ(error_kind(inner_.read("memory://a")), ErrorKind::kNotFound);
  EXPECT_TRUE(store_.create("memory://a", "x")) << "one call was to fail";
}

TEST_F(FaultyStoreTest, LoseAnswerApplies) {
  store_.inject({.verb = Verb::kCreate, .effect = LoseAnswer{}});
  EXPECT_EQ(error_kind(store_.create("memory://a", "x")), ErrorKind::kUnknownOutcome);
  EXPECT_EQ(inner_.read("memory://a"), "x");
  store_.inject({.verb = Verb::kCreate, .effect = LoseAnswer{}});
  EXPECT_EQ(error_kind(store_.create("memory://a", "y")), ErrorKind::kAlreadyExists);
}

TEST_F(FaultyStoreTest, MatchesVerbAndPathAndCountsThem) {
  store_.inject({.verb = Verb::kWrite,
                 .path_contains = "v2",
                 .skip = 1,
                 .times = 2,
                 .effect = FailBefore{{ErrorKind::kIo, "full"}}});
  EXPECT_TRUE(store_.write("memory://v1", ""));
  EXPECT_TRUE(store_.write("memory://v2", ""));
  EXPECT_FALSE(store_.write("memory://v2", ""));
  EXPECT_TRUE(store_.read("memory://v2"));
  EXPECT_FALSE(store_.write("memory://v2", ""));
  EXPECT_TRUE(store_.write("memory://v2", ""));
  EXPECT_EQ(store_.calls(Verb::kWrite), 5);
  EXPECT_EQ(store_.calls(Verb::kWrite, "v2"), 4);
  EXPECT_EQ(store_.calls(Verb::kRead), 1);
}

TEST_F(FaultyStoreTest, FailsForEverUntilCleared) {
  store_.inject({.verb = Verb::kList, .times = Fault::kAlways, .effect = FailBefore{{ErrorKind::kIo, ""}}});
  for (int i = 0; i < 5; ++i)
    EXPECT_FALSE(store_.list("memory://")) << i;
  store_.clear_faults();
  EXPECT_TRUE(store_.list("memory://"));
}

TEST_F(FaultyStoreTest, MeanwhileRunsBeforeTheCall) {
  store_.inject(
      {.verb = Verb::kCreate, .effect = Meanwhile{[&] { (void)store_.create("memory://a", "other"); }}});
  EXPECT_EQ(error_kind(store_.create("memory://a", "mine")), ErrorKind::kAlreadyExists);
  EXPECT_EQ(inner_.read("memory://a"), "other");
}

TEST_F(FaultyStoreTest, DelaysACall) {
  store_.inject({.verb = Verb::kStat, .effect = Delay{Milliseconds(30)}});
  const auto begin = std::chrono::steady_clock::now();
  (void)store_.stat("memory://a");
  EXPECT_GE(std::chrono::steady_clock::now() - begin, Milliseconds(30));
}

TEST_F(FaultyStoreTest, SpoilsWritersToo) {
  store_.inject({.verb = Verb::kAppend, .skip = 1, .effect = FailBefore{{ErrorKind::kIo, "full"}}});
  store_.inject({.verb = Verb::kFinish, .effect = LoseAnswer{}});
  auto writer = store_.open_writer("memory://a");
  ASSERT_TRUE(writer);
  EXPECT_TRUE((*writer)->append("x"));
  EXPECT_FALSE((*writer)->append("y"));
  EXPECT_EQ(error_kind((*writer)->finish()), ErrorKind::kUnavailable);
  EXPECT_EQ(inner_.read("memory://a"), "x");
}

TEST_F(FaultyStoreTest, CountsEveryCallOfManyThreads) {
  store_.inject({.verb = Verb::kWrite, .times = 100, .effect = FailBefore{{ErrorKind::kIo, ""}}});
  std::atomic<int> failed{0};
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&] {
        for (int call = 0; call < 100; ++call)
          failed += store_.write("memory://a", "x") ? 0 : 1;
      });
    }
  }
  EXPECT_EQ(failed, 100);
  EXPECT_EQ(store_.calls(Verb::kWrite), 400);
}

}  // namespace
}  // namespace calve::storage
