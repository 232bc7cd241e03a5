#include "calve/commit/ledger.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace calve::commit {
namespace {

using testing::HasSubstr;

const Ledger kFull{.pipeline = "orders",
                   .source = {.cluster = "Xk9", .topic = "orders.created.v1", .topic_id = "5f"},
                   .ranges = {{.partition = PartitionId(0),
                               .from = Offset(0),
                               .to = Offset(1'000),
                               .valid = 990,
                               .rejected = 10,
                               .event_time_min = timestamp_from_micros(1'795'000'000'000'001),
                               .event_time_max = timestamp_from_micros(1'795'000'000'999'999)},
                              {.partition = PartitionId(17),
                               .from = Offset(INT64_MAX - 1),
                               .to = Offset(INT64_MAX),
                               .valid = 1,
                               .event_time_min = timestamp_from_micros(-1),
                               .event_time_max = timestamp_from_micros(-1)}},
                   .joined_epochs = {*parse_uuid("0191b5a4-6f2e-7c3d-8a1b-2c3d4e5f6071")},
                   .freshness = Milliseconds(1'250)};

const Ledger kMinimal{.pipeline = "orders"};

Summary summary_of(const Ledger& ledger) {
  Summary summary{{"added-records", "990"}};  // others' keys stay
  write_ledger(ledger, summary);
  EXPECT_EQ(summary.at("added-records"), "990");
  return summary;
}

TEST(LedgerTest, IsReadAsItWasWritten) {
  for (const Ledger& ledger : {kFull, kMinimal}) {
    const Summary summary = summary_of(ledger);
    const auto read = read_ledger(summary, "orders");
    ASSERT_TRUE(read) << read.error().message;
    ASSERT_TRUE(*read);
    EXPECT_EQ(**read, ledger);
    EXPECT_EQ(summary_of(**read), summary);
  }
}

// The bytes are a format that other readers know: docs/formats/ledger.md.
TEST(LedgerTest, WritesTheDocumentedForm) {
  const Summary summary = summary_of(kFull);
  EXPECT_EQ(summary.at("calve.pipeline"), "orders");
  EXPECT_EQ(summary.at("calve.source"), R"({"cluster":"Xk9","topic":"orders.created.v1","topic-id":"5f"})");
  EXPECT_EQ(summary.at("calve.ranges"),
            R"([{"partition":0,"from":0,"to":1000,"valid":990,"rejected":10,)"
            R"("event-time-min-us":1795000000000001,"event-time-max-us":1795000000999999},)"
            R"({"partition":17,"from":9223372036854775806,"to":9223372036854775807,"valid":1,"rejected":0,)"
            R"("event-time-min-us":-1,"event-time-max-us":-1}])");
  EXPECT_EQ(summary.at("calve.epochs"), R"(["0191b5a4-6f2e-7c3d-8a1b-2c3d4e5f6071"])");
  EXPECT_EQ(summary.at("calve.freshness-ms"), "1250");
  const Summary minimal = summary_of(kMinimal);
  EXPECT_EQ(minimal.at("calve.ranges"), "[]");
  EXPECT_FALSE(minimal.contains("calve.epochs"));
  EXPECT_FALSE(minimal.contains("calve.freshness-ms"));
}

TEST(LedgerTest, OtherSnapshotsCarryNone) {
  for (const Summary& summary :
       {Summary{}, Summary{{"calve.ranges", "[]"}}, summary_of({.pipeline = "returns"})}) {
    const auto read = read_ledger(summary, "orders");
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_FALSE(*read);
  }
}

void expect_unreadable(const Summary& summary, const std::string& name) {
  const auto read = read_ledger(summary, "orders");
  ASSERT_FALSE(read) << name;
  EXPECT_EQ(read.error().kind, ErrorKind::kInvalidData) << name;
  EXPECT_THAT(read.error().message, HasSubstr("calve.*")) << name;
}

TEST(LedgerTest, AMissingFieldIsNoLedger) {
  for (const char* key : {"calve.source", "calve.ranges"}) {
    Summary summary = summary_of(kFull);
    summary.erase(key);
    expect_unreadable(summary, key);
  }
  const auto without = [](std::string_view key, const nlohmann::json::json_pointer& member) {
    Summary summary = summary_of(kFull);
    auto json = nlohmann::json::parse(summary.at(std::string(key)));
    EXPECT_TRUE(json.at(member.parent_pointer()).erase(member.back())) << member.to_string();
    summary[std::string(key)] = json.dump();
    return summary;
  };
  for (const char* member : {"cluster", "topic", "topic-id"}) {
    expect_unreadable(without("calve.source", nlohmann::json::json_pointer() / member), member);
  }
  for (const char* member : {"partition", "from", "to", "valid", "rejected"}) {
    expect_unreadable(without("calve.ranges", nlohmann::json::json_pointer() / 1 / member), member);
  }
}

TEST(LedgerTest, RefusesValuesThatAreNone) {
  struct Case {
    const char* key;
    const char* value;
  };
  for (const auto& [key, value] :
       {Case{"calve.source", ""}, Case{"calve.source", "[]"}, Case{"calve.source", R"({"cluster":1})"},
        Case{"calve.ranges", ""}, Case{"calve.ranges", "[{}]"}, Case{"calve.ranges", "[1]"},
        Case{"calve.ranges", "[{\"partition\":0"}, Case{"calve.epochs", R"(["no uuid"])"},
        Case{"calve.epochs", "[1]"}, Case{"calve.freshness-ms", "soon"},
        Case{"calve.freshness-ms", "99999999999999999999"}}) {
    Summary summary = summary_of(kFull);
    summary[key] = value;
    expect_unreadable(summary, std::string(key) + " " + value);
  }
}

}  // namespace
}  // namespace calve::commit
