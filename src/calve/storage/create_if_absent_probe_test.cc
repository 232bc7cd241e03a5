#include "calve/storage/create_if_absent_probe.h"

#include <initializer_list>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "calve/storage/faulty_store.h"
#include "calve/storage/memory_store.h"
#include "calve/storage/store_under_test.h"

namespace calve::storage {
namespace {

using testing::HasSubstr;

const CreateIfAbsentProbe kProbe{.prefix = "memory://warehouse"};

// What an emulator does that ignores the condition.
class OverwritingStore : public MemoryStore {
 public:
  Result<void> create(const std::string& path, std::string_view bytes) override { return write(path, bytes); }
};

// What check-then-write does: right alone, wrong in a race.
class RacyStore : public MemoryStore {
 public:
  Result<void> create(const std::string& path, std::string_view bytes) override {
    if (read(path)) return fail(ErrorKind::kAlreadyExists, "exists");
    std::this_thread::sleep_for(Milliseconds(20));
    return write(path, bytes);
  }
};

// What answers rightly and overwrites all the same.
class LyingStore : public MemoryStore {
 public:
  Result<void> create(const std::string& path, std::string_view bytes) override {
    auto created = MemoryStore::create(path, bytes);
    if (!created) (void)write(path, bytes);
    return created;
  }
};

TEST(CreateIfAbsentProbeTest, AnHonestStorePassesAndIsLeftClean) {
  MemoryStore store;
  EXPECT_EQ(probe_create_if_absent(store, kProbe), Result<void>());
  EXPECT_EQ(store.list("memory://"), std::vector<ObjectInfo>{});
}

TEST(CreateIfAbsentProbeTest, ADishonestStoreIsFoundOut) {
  OverwritingStore overwriting;
  RacyStore racy;
  LyingStore lying;
  for (auto* store : std::initializer_list<MemoryStore*>{&overwriting, &racy, &lying}) {
    const auto verdict = probe_create_if_absent(*store, kProbe);
    ASSERT_FALSE(verdict);
    EXPECT_EQ(verdict.error().kind, ErrorKind::kConfig) << verdict.error().message;
    EXPECT_THAT(verdict.error().message, HasSubstr("run one writer only"));
    EXPECT_THAT(verdict.error().message, HasSubstr("memory://warehouse/"));
    EXPECT_EQ(store->list("memory://"), std::vector<ObjectInfo>{});
  }
}

TEST(CreateIfAbsentProbeTest, ALostAnswerIsNoProofAgainstTheStore) {
  MemoryStore inner;
  FaultyStore store(inner);
  store.inject({.verb = Verb::kCreate, .times = 32, .effect = LoseAnswer{}});
  EXPECT_EQ(probe_create_if_absent(store, kProbe), Result<void>());
}

TEST(CreateIfAbsentProbeTest, AnErrorOfTheStoreIsGivenAsItIs) {
  MemoryStore inner;
  FaultyStore store(inner);
  store.inject({.verb = Verb::kCreate, .effect = FailBefore{{ErrorKind::kAccessDenied, "no"}}});
  EXPECT_EQ(probe_create_if_absent(store, kProbe), Result<void>(fail(ErrorKind::kAccessDenied, "no")));
  for (const int racers : {0, -1, CreateIfAbsentProbe::kRacersMax + 1}) {
    EXPECT_EQ(error_kind(probe_create_if_absent(inner, {.prefix = "memory://w", .racers = racers})),
              ErrorKind::kUsage)
        << racers;
  }
}

class ProbeEveryStoreTest : public testing::TestWithParam<StoreUnderTest> {};

TEST_P(ProbeEveryStoreTest, IsHonest) {
  const auto store = GetParam().open();
  const auto root = GetParam().make_root();
  const auto verdict = probe_create_if_absent(*store, {.prefix = root});
  EXPECT_TRUE(verdict) << verdict.error().message;
  EXPECT_EQ(store->list(root + "/"), std::vector<ObjectInfo>{});
}

INSTANTIATE_TEST_SUITE_P(EveryStore, ProbeEveryStoreTest, testing::ValuesIn(stores_under_test()),
                         [](const auto& param_info) { return param_info.param.name; });

}  // namespace
}  // namespace calve::storage
