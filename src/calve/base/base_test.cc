#include <chrono>
#include <set>
#include <stop_token>
#include <thread>
#include <type_traits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "calve/base/crash_point.h"
#include "calve/base/ids.h"
#include "calve/base/result.h"
#include "calve/base/retry.h"
#include "calve/base/secret.h"
#include "calve/base/time.h"
#include "calve/base/uuid.h"

namespace calve {
namespace {

// What must not compile: an offset where a partition is asked for, an integer without its kind.
static_assert(!std::is_convertible_v<Offset, PartitionId>);
static_assert(!std::is_convertible_v<std::int64_t, Offset>);
static_assert(!std::is_convertible_v<Offset, std::int64_t>);
static_assert(!std::is_convertible_v<Secret, std::string>);

Result<int> half(int value) {
  if (value % 2 != 0) return fail(ErrorKind::kInvalidData, "odd");
  return value / 2;
}

Result<int> quarter(int value) {
  return CALVE_TRY(half(CALVE_TRY(half(value))));
}

TEST(ResultTest, TryReturnsTheFirstError) {
  EXPECT_EQ(quarter(8), 2);
  EXPECT_EQ(quarter(6), Result<int>(fail(ErrorKind::kInvalidData, "odd")));
}

TEST(UuidTest, ReadsWhatItWrites) {
  const Uuid uuid = random_uuid();
  EXPECT_EQ(parse_uuid(to_string(uuid)), uuid) << to_string(uuid);
  EXPECT_EQ(to_string(uuid)[14], '4') << to_string(uuid);
}

TEST(UuidTest, TimeOrderedOnesBeginWithTheTime) {
  const Uuid uuid = time_ordered_uuid(timestamp_from_micros(0x017F'22E2'79B0 * std::int64_t{1'000}));
  EXPECT_TRUE(to_string(uuid).starts_with("017f22e2-79b0-7")) << to_string(uuid);  // RFC 9562, A.6
  EXPECT_EQ(uuid.bytes[8] >> 6, 2);
  EXPECT_NE(uuid, time_ordered_uuid(timestamp_from_micros(0x017F'22E2'79B0 * std::int64_t{1'000})));
}

TEST(UuidTest, RefusesWhatRfc9562DoesNotWrite) {
  for (const char* text : {"", "123e4567e89b12d3a456426614174000", "123e4567-e89b-12d3-a456-42661417400",
                           "123e4567-e89b-12d3-a456-42661417400g", "{23e4567-e89b-12d3-a456-426614174000",
                           "123e4567-e89b-12d3-a456_426614174000", "123e4567-e89b-12d3-a456-4266141740000"}) {
    EXPECT_FALSE(parse_uuid(text)) << text;
  }
  EXPECT_EQ(to_string(*parse_uuid("123E4567-E89B-12D3-A456-426614174000")),
            "123e4567-e89b-12d3-a456-426614174000");
}

TEST(TimeTest, FormatsBeforeAndAfterTheEpoch) {
  EXPECT_EQ(format_rfc3339(timestamp_from_micros(0)), "1970-01-01T00:00:00.000000Z");
  EXPECT_EQ(format_rfc3339(timestamp_from_micros(-1)), "1969-12-31T23:59:59.999999Z");
  EXPECT_EQ(format_rfc3339(timestamp_from_micros(1'764'000'000'123'456)), "2025-11-24T16:00:00.123456Z");
  EXPECT_EQ(to_millis(timestamp_from_micros(-1)), -1);
}

TEST(RetryTest, StopsAtTheLimitAndAtAnErrorThatNoRetryCures) {
  const RetryPolicy policy{.attempts_max = 4, .first_delay = Milliseconds(0)};
  int calls = 0;
  const auto refused = retry(policy, {}, [&]() -> Result<int> {
    ++calls;
    return fail(ErrorKind::kUnavailable, "503");
  });
  EXPECT_FALSE(refused);
  EXPECT_EQ(calls, 4);

  calls = 0;
  const auto unknown = retry(policy, {}, [&]() -> Result<int> {
    ++calls;
    return fail(ErrorKind::kUnknownOutcome, "connection reset");
  });
  EXPECT_FALSE(unknown);
  EXPECT_EQ(calls, 1) << "an unknown outcome must be resolved, not repeated";
}

TEST(RetryTest, TellsOfEachFailureThatIsTriedAgain) {
  std::vector<std::string> told;
  const RetryPolicy policy{.attempts_max = 3,
                           .first_delay = Milliseconds(0),
                           .on_repeat = [&](const Error& error) { told.push_back(error.message); }};
  int attempts = 0;
  const auto failed = retry(
      policy, {}, [&]() -> Result<int> { return fail(ErrorKind::kUnavailable, std::to_string(++attempts)); });
  ASSERT_FALSE(failed);
  EXPECT_EQ(told, (std::vector<std::string>{"1", "2"})) << "the last failure is the caller's";
}

TEST(RetryTest, DelayGrowsUpToItsLimit) {
  const RetryPolicy policy{.first_delay = Milliseconds(50), .delay_max = Milliseconds(400)};
  for (int attempt = 1; attempt < 70; ++attempt) {
    const auto delay = retry_delay(policy, attempt);
    EXPECT_GE(delay.count(), 0) << attempt;
    EXPECT_LE(delay.count(), 400) << attempt;
  }
}

TEST(RetryTest, StopEndsASleep) {
  std::stop_source source;
  std::jthread stopper([&] { source.request_stop(); });
  EXPECT_FALSE(sleep_unless_stopped(Milliseconds(60'000), source.get_token()));
  EXPECT_TRUE(sleep_unless_stopped(Milliseconds(1), {}));
}

TEST(SecretTest, FormatsAsStars) {
  EXPECT_EQ(fmt::format("{}", Secret("canary")), "***");
}

TEST(CrashPointTest, KillsAtTheNamedPassing) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        setenv("CALVE_CRASH_AT", "after_manifest:2", 1);
        pass(CrashPoint::kAfterManifest);
        pass(CrashPoint::kAfterDataFiles);
        fprintf(stderr, "still here");
        pass(CrashPoint::kAfterManifest);
        std::_Exit(0);
      },
      testing::KilledBySignal(SIGKILL), "still here");
}

TEST(CrashPointTest, NamesAreUnique) {
  std::set<std::string_view> names;
  for (const CrashPoint point : all_crash_points())
    names.insert(crash_point_name(point));
  EXPECT_EQ(names.size(), all_crash_points().size());
}

TEST(ErrorTest, ExitCodesFollowTheDocumentedTable) {
  EXPECT_EQ(exit_code(ErrorKind::kUsage), 2);
  EXPECT_EQ(exit_code(ErrorKind::kConfig), 3);
  EXPECT_EQ(exit_code(ErrorKind::kAccessDenied), 4);
  EXPECT_EQ(exit_code(ErrorKind::kUnreachable), 5);
  EXPECT_EQ(exit_code(ErrorKind::kInvalidData), 6);
  EXPECT_EQ(exit_code(ErrorKind::kUnknownOutcome), 7);
  EXPECT_EQ(exit_code(ErrorKind::kSourceGap), 8);
}

}  // namespace
}  // namespace calve
