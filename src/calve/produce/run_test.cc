#include "calve/produce/run.h"

#include <atomic>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "calve/produce/pace.h"

namespace calve::produce {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

// Keeps what is sent; refuses after `room` events.
class MemorySender final : public Sender {
 public:
  explicit MemorySender(std::size_t room = SIZE_MAX, ErrorKind refusal = ErrorKind::kIo)
      : room_(room), refusal_(refusal) {}

  Result<void> send(const Message& message) override {
    if (lines.size() == room_) return fail(refusal_, "full");
    lines.emplace_back(message.payload);
    return {};
  }
  Result<void> flush() override { return {}; }
  Result<void> close() override {
    closed = true;
    return {};
  }
  Deliveries deliveries() const override { return {.delivered = lines.size()}; }
  std::optional<Error> first_failure() const override { return std::nullopt; }

  std::vector<std::string> lines;
  bool closed = false;

 private:
  std::size_t room_;
  ErrorKind refusal_;
};

ProduceOptions small(ProduceOptions options) {
  options.customers = 100;
  options.products = 100;
  return validate(std::move(options)).value();
}

TEST(RunTest, HundredThousandEventsEndToEndIntoAFileLog) {
  std::string name = std::filesystem::temp_directory_path() / "calve-produce-XXXXXX";
  const std::filesystem::path root = mkdtemp(name.data());
  const auto options = validate({.target = FileLogTarget{.root = root, .topic = "orders.created.v1"},
                                 .count = 100'000,
                                 .seed = 1,
                                 .invalid = Share{10'000},
                                 .duplicates = Share{1'000},
                                 .late = Share{1'000}});
  ASSERT_TRUE(options) << options.error().message;
  auto sender = open_sender(options->target, {});
  ASSERT_TRUE(sender) << sender.error().message;
  const auto summary = produce(*options, {.sender = **sender}, {}, {});
  ASSERT_TRUE(summary) << summary.error().message;

  std::uint64_t lines = 0;
  std::uint64_t bytes = 0;
  std::uint64_t not_json = 0;
  for (int partition = 0; partition < 4; ++partition) {
    std::ifstream file(root / "orders.created.v1" / (std::to_string(partition) + ".ndjson"));
    for (std::string line; std::getline(file, line); bytes += line.size()) {
      ++lines;
      if (lines % 16 == 0 && !nlohmann::json::accept(line)) ++not_json;
    }
    EXPECT_TRUE(file.eof());
  }
  std::filesystem::remove_all(root);
  EXPECT_EQ(lines, 100'000u);
  EXPECT_EQ(summary->sent, 100'000u);
  EXPECT_EQ(summary->deliveries, (Deliveries{.delivered = lines, .failed = 0}));
  EXPECT_EQ(summary->bytes, bytes);
  EXPECT_NEAR(static_cast<double>(summary->invalid()), 1'000, 150);
  EXPECT_NEAR(static_cast<double>(summary->duplicates), 100, 50);
  EXPECT_NEAR(static_cast<double>(summary->late), 100, 50);
  // Six of the classes of one per cent, of every sixteenth line.
  EXPECT_GT(not_json, 0u);
  EXPECT_LT(not_json, 50u);
}

TEST(RunTest, SeedAloneMakesTheSameBytesAgain) {
  MemorySender first;
  MemorySender second;
  const ProduceOptions options = small({.count = 3'000, .seed = 9, .invalid = Share{10'000}});
  ASSERT_TRUE(produce(options, {.sender = first}, {}, {}));
  ASSERT_TRUE(produce(options, {.sender = second}, {}, {}));
  EXPECT_TRUE(first.closed);
  EXPECT_EQ(first.lines.size(), 3'000u);
  EXPECT_EQ(first.lines, second.lines);
}

TEST(RunTest, WithoutSeedOrdersArePlacedNowAndDiffer) {
  MemorySender first;
  MemorySender second;
  const std::string before = format_rfc3339(system_clock().now());
  ASSERT_TRUE(produce(small({.count = 10}), {.sender = first}, {}, {}));
  ASSERT_TRUE(produce(small({.count = 10}), {.sender = second}, {}, {}));
  const std::string after = format_rfc3339(system_clock().now());
  EXPECT_NE(first.lines, second.lines);
  const std::string created = nlohmann::json::parse(first.lines.front())["created_at"];
  EXPECT_GE(created.substr(0, 23), before.substr(0, 23));
  EXPECT_LE(created.substr(0, 23), after.substr(0, 23));
}

TEST(RunTest, RateIsKeptAndProgressIsTold) {
  MemorySender sender;
  std::vector<std::uint64_t> told;
  const auto summary = produce(small({.duration = 500ms, .rate = 2'000, .seed = 1}), {.sender = sender},
                               [&](const ProduceSummary& so_far) { told.push_back(so_far.sent); }, {});
  ASSERT_TRUE(summary);
  EXPECT_LE(summary->sent, 2'000u * static_cast<std::uint64_t>(summary->elapsed.count()) / 1'000 + 1);
  EXPECT_GT(summary->sent, 500u);  // half of what is due, for a busy machine
  EXPECT_GE(summary->elapsed, 500ms);
  ASSERT_FALSE(told.empty());
  EXPECT_TRUE(std::ranges::is_sorted(told));
}

TEST(RunTest, StopEndsAnEndlessRunWell) {
  MemorySender sender;
  std::stop_source source;
  const auto summary = produce(
      small({.rate = 1'000, .seed = 1}), {.sender = sender},
      [&](const ProduceSummary&) { source.request_stop(); }, source.get_token());
  ASSERT_TRUE(summary);
  EXPECT_TRUE(sender.closed);
  EXPECT_EQ(summary->sent, sender.lines.size());
}

TEST(RunTest, SenderThatFailsEndsTheRun) {
  MemorySender sender(10);
  const auto summary = produce(small({.count = 100, .seed = 1}), {.sender = sender}, {}, {});
  ASSERT_FALSE(summary);
  EXPECT_EQ(summary.error().message, "full");
}

TEST(RunTest, SendThatAStopEndedEndsTheRunWell) {
  MemorySender sender(10, ErrorKind::kCancelled);
  const auto summary = produce(small({.count = 100, .seed = 1}), {.sender = sender}, {}, {});
  ASSERT_TRUE(summary);
  EXPECT_EQ(summary->sent, 10u);
  EXPECT_TRUE(sender.closed);
}

TEST(SummaryTest, TellsEachFactOnce) {
  ProduceSummary summary{.seed = 3, .duplicates = 1, .late = 2, .bytes = 4'096, .elapsed = 2'000ms};
  summary.sent = 1'000;
  summary.deliveries = {.delivered = 998, .failed = 2};
  summary.first_failure = Error{ErrorKind::kUnreachable, "gone"};
  summary.invalid_by_class[static_cast<std::size_t>(FaultClass::kBadUuid)] = 4;
  EXPECT_EQ(
      to_json(summary),
      R"({"seed":3,"sent":1000,"valid":996,"invalid":4,"invalid_by_class":{"bad_uuid":4},"duplicates":1,)"
      R"("late":2,"bytes":4096,"delivered":998,"delivery_errors":2,"first_delivery_error":"gone","seconds":2.0,)"
      R"("events_per_second":500})");
}

TEST(PaceTest, GivesWhatIsDue) {
  const Pace::Time start{};
  Pace pace(1'000, start);
  EXPECT_EQ(pace.take(start), 0u);
  EXPECT_EQ(pace.wait(start), 1ms);
  EXPECT_EQ(pace.take(start + 10ms), 10u);
  EXPECT_EQ(pace.take(start + 10ms), 0u);
  EXPECT_EQ(pace.take(start + 15ms), 5u);
}

TEST(PaceTest, LongPauseIsMadeUpForOnlySoFar) {
  const Pace::Time start{};
  Pace pace(1'000, start);
  EXPECT_EQ(pace.take(start + 1h), 101u);
  EXPECT_EQ(pace.take(start + 1h), 0u);
  EXPECT_EQ(pace.take(start + 1h + 5ms), 5u);
}

TEST(PaceTest, SlowAndFastRatesAreExactOverTime) {
  for (const std::uint64_t rate : {1ULL, 3ULL, 333ULL, 1'000'003ULL}) {
    Pace pace(rate, Pace::Time{});
    std::uint64_t taken = 0;
    Pace::Time now{};
    for (int step = 0; step < 100'000; ++step) {
      now += 100us;
      taken += pace.take(now);
    }
    EXPECT_EQ(taken, rate * 10) << rate;
  }
}

TEST(PaceTest, WithoutARateEverythingIsDue) {
  Pace pace(std::nullopt, Pace::Time{});
  EXPECT_EQ(pace.take(Pace::Time{}), Pace::kBatchMax);
}

TEST(ProduceOptionsTest, SettlesSeedAndStart) {
  const Timestamp start = timestamp_from_micros(5);
  EXPECT_EQ(validate({.seed = 4})->start, kReproducibleStart);
  EXPECT_EQ(validate({.seed = 4, .start = start})->start, start);
  EXPECT_EQ(validate({})->start, std::nullopt);
  EXPECT_NE(validate({})->seed, validate({})->seed);
}

TEST(ProduceOptionsTest, RefusesWhatCannotWorkAndNamesTheOption) {
  const std::pair<ProduceOptions, const char*> cases[] = {
      {{.target = FileLogTarget{.partitions = 0}}, "--partitions"},
      {{.target = FileLogTarget{.partitions = 1'025}}, "--partitions"},
      {{.target = FileLogTarget{.topic = ""}}, "--topic"},
      {{.target = FileLogTarget{.topic = "../x"}}, "--topic"},
      {{.target = FileLogTarget{.topic = "a/b"}}, "--topic"},
      {{.duration = 0ms}, "--duration"},
      {{.rate = 0}, "--rate"},
      {{.rate = 100'000'001}, "--rate"},
      {{.start = timestamp_from_micros(-1)}, "--start"},
      {{.orders_per_day = 999}, "--orders-per-day"},
      {{.customers = 0}, "--customers"},
      {{.customers = 1'000'001}, "--customers"},
      {{.products = 0}, "--products"},
      {{.invalid = Share{500'000}, .duplicates = Share{500'000}, .late = Share{1}}, "--invalid"},
      {{.late_days_max = 0}, "--late-days"}};
  for (const auto& [options, name] : cases) {
    const auto validated = validate(options);
    ASSERT_FALSE(validated) << name;
    EXPECT_EQ(validated.error().kind, ErrorKind::kUsage) << name;
    EXPECT_THAT(validated.error().message, HasSubstr(name));
  }
}

}  // namespace
}  // namespace calve::produce
