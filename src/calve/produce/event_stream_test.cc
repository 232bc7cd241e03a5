#include "calve/produce/event_stream.h"

#include <map>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "calve/produce/options.h"

namespace calve::produce {
namespace {

constexpr GeneratorOptions kSmallShop{.seed = 5, .customers = 1'000, .products = 500};
constexpr Share kTenPercent{100'000};

struct Kept {
  Event::Kind kind;
  FaultClass fault;
  std::string key;
  std::string payload;

  bool operator==(const Kept&) const = default;
};

std::vector<Kept> draw(const EventStreamOptions& options, std::size_t count) {
  EventStream stream(options);
  std::vector<Kept> events;
  for (std::size_t at = 0; at < count; ++at) {
    const Event event = stream.next(kReproducibleStart);
    events.push_back({event.kind, event.fault, std::string(event.key), std::string(event.payload)});
  }
  return events;
}

TEST(EventStreamTest, SharesAreKept) {
  constexpr std::size_t kCount = 50'000;
  std::map<Event::Kind, int> kinds;
  std::map<FaultClass, int> faults;
  const auto events = draw(
      {.generator = kSmallShop, .invalid = kTenPercent, .duplicates = Share{50'000}, .late = Share{20'000}},
      kCount);
  for (const Kept& event : events) {
    ++kinds[event.kind];
    if (event.kind == Event::Kind::kInvalid) ++faults[event.fault];
  }
  EXPECT_NEAR(kinds[Event::Kind::kInvalid], 5'000, 350);
  EXPECT_NEAR(kinds[Event::Kind::kDuplicate], 2'500, 250);
  EXPECT_NEAR(kinds[Event::Kind::kLate], 1'000, 160);
  EXPECT_EQ(faults.size(), all_fault_classes().size());
  const int even = 5'000 / static_cast<int>(kFaultClassCount);
  for (const auto& [fault, count] : faults)
    EXPECT_NEAR(count, even, even / 2) << fault_class_name(fault);
}

TEST(EventStreamTest, OnlyTheClassesAskedForOccur) {
  for (const Kept& event : draw({.generator = kSmallShop,
                                 .invalid = Share{Share::kWhole},
                                 .fault_classes = {FaultClass::kBadUuid, FaultClass::kTruncated}},
                                500)) {
    ASSERT_EQ(event.kind, Event::Kind::kInvalid);
    ASSERT_TRUE(event.fault == FaultClass::kBadUuid || event.fault == FaultClass::kTruncated)
        << event.payload;
  }
}

TEST(EventStreamTest, DuplicatesAreEarlierValidEvents) {
  std::set<std::pair<std::string, std::string>> valid;
  int duplicates = 0;
  for (const Kept& event :
       draw({.generator = kSmallShop, .invalid = kTenPercent, .duplicates = kTenPercent}, 10'000)) {
    switch (event.kind) {
      case Event::Kind::kPlain:
      case Event::Kind::kLate:
        ASSERT_TRUE(valid.emplace(event.key, event.payload).second) << event.payload;
        break;
      case Event::Kind::kDuplicate:
        ++duplicates;
        ASSERT_TRUE(valid.contains({event.key, event.payload})) << event.payload;
        break;
      case Event::Kind::kInvalid:
        break;
    }
  }
  EXPECT_GT(duplicates, 800);
}

TEST(EventStreamTest, LateEventsAreHoursToDaysOld) {
  std::set<std::string> days;
  for (const Kept& event :
       draw({.generator = kSmallShop, .late = Share{Share::kWhole}, .late_days_max = 3}, 2'000)) {
    const std::string created = nlohmann::json::parse(event.payload)["created_at"];
    ASSERT_GE(created, "2025-12-29T00:00:00.000Z") << event.payload;
    ASSERT_LE(created, "2025-12-31T23:00:00.000Z") << event.payload;
    days.insert(created.substr(0, 10));
  }
  EXPECT_EQ(days, (std::set<std::string>{"2025-12-29", "2025-12-30", "2025-12-31"}));
}

TEST(EventStreamTest, KeyIsTheCustomerAlsoOfInvalidEvents) {
  for (const Kept& event : draw({.generator = kSmallShop,
                                 .invalid = Share{500'000},
                                 .duplicates = kTenPercent,
                                 .fault_classes = {FaultClass::kTotalMismatch}},
                                1'000)) {
    ASSERT_EQ(nlohmann::json::parse(event.payload)["customer_id"], event.key) << event.payload;
  }
}

TEST(EventStreamTest, SameOptionsMakeTheSameEvents) {
  const EventStreamOptions options{
      .generator = kSmallShop, .invalid = kTenPercent, .duplicates = kTenPercent, .late = kTenPercent};
  EXPECT_TRUE(draw(options, 5'000) == draw(options, 5'000));
}

}  // namespace
}  // namespace calve::produce
