#include "calve/commit/journal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "calve/storage/faulty_store.h"
#include "calve/storage/memory_store.h"

namespace calve::commit {
namespace {

using iceberg::SequenceNumber;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr auto kPath = "memory://w/orders/metadata/calve-journal-x.json";
const Uuid kEpoch = *parse_uuid("0191b5a4-6f2e-7c3d-8a1b-2c3d4e5f6071");
const Uuid kWriter = *parse_uuid("9f1d6a3e-0b5c-4d2f-8e7a-112233445566");

const Journal kFull{.pipeline = "orders",
                    .epoch = kEpoch,
                    .writer = kWriter,
                    .from = {{PartitionId(0), Offset(1'000)}, {PartitionId(12), Offset(INT64_MAX)}},
                    .tables = {{.location = "memory://w/orders",
                                .snapshot_id = SnapshotId(8'117'223'344'556'677'889),
                                .opened_at = SequenceNumber(17),
                                .data_files = 64},
                               {.location = "memory://w/rejects",
                                .snapshot_id = SnapshotId(2),
                                .opened_at = SequenceNumber(0),
                                .data_files = 0}}};
const Journal kMinimal{.pipeline = "p", .epoch = kEpoch, .writer = kWriter};

TEST(JournalTest, IsReadAsItWasWritten) {
  for (const Journal& journal : {kFull, kMinimal}) {
    const std::string text = serialize_journal(journal);
    const auto read = parse_journal(text, kPath);
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(*read, journal);
    EXPECT_EQ(serialize_journal(*read), text);
  }
}

// The bytes are a format that other readers know: docs/formats/journal.md.
TEST(JournalTest, WritesTheDocumentedForm) {
  EXPECT_EQ(serialize_journal(kFull),
            R"({"pipeline":"orders","epoch":"0191b5a4-6f2e-7c3d-8a1b-2c3d4e5f6071",)"
            R"("writer":"9f1d6a3e-0b5c-4d2f-8e7a-112233445566",)"
            R"("from":{"0":1000,"12":9223372036854775807},)"
            R"("tables":[{"location":"memory://w/orders","snapshot-id":8117223344556677889,)"
            R"("opened-at":17,"data-files":64},)"
            R"({"location":"memory://w/rejects","snapshot-id":2,"opened-at":0,"data-files":0}]})");
}

void expect_no_journal(const std::string& text) {
  const auto read = parse_journal(text, kPath);
  ASSERT_FALSE(read) << text;
  EXPECT_EQ(read.error().kind, ErrorKind::kInvalidData) << text;
  EXPECT_THAT(read.error().message, HasSubstr(kPath)) << text;
}

TEST(JournalTest, AMissingFieldIsNoJournal) {
  const auto whole = nlohmann::json::parse(serialize_journal(kFull));
  for (const char* member : {"/pipeline", "/epoch", "/writer", "/from", "/tables", "/tables/1/location",
                             "/tables/1/snapshot-id", "/tables/1/opened-at", "/tables/1/data-files"}) {
    const nlohmann::json::json_pointer pointer(member);
    auto json = whole;
    ASSERT_TRUE(json.at(pointer.parent_pointer()).erase(pointer.back())) << member;
    expect_no_journal(json.dump());
  }
}

TEST(JournalTest, RefusesWhatIsNone) {
  const std::string whole = serialize_journal(kFull);
  for (const auto* text : {"", "{", "null", "[]", "17"})
    expect_no_journal(text);
  expect_no_journal(whole.substr(0, whole.size() - 1));
  struct Case {
    const char* member;
    nlohmann::json value;
  };
  for (const auto& [member, value] :
       {Case{"/epoch", "no uuid"}, Case{"/writer", 7}, Case{"/from", {{"zero", 1}}}, Case{"/from/0", "1000"},
        Case{"/tables", 1}, Case{"/tables/0", "x"}, Case{"/tables/0/location", nullptr}}) {
    auto json = nlohmann::json::parse(whole);
    json[nlohmann::json::json_pointer(member)] = value;
    expect_no_journal(json.dump());
  }
}

TEST(JournalTest, NamesFollowFromTheEpochAndANumber) {
  const EpochFiles& files = kFull.tables.front();
  EXPECT_EQ(data_file_path(files, kEpoch, 7),
            "memory://w/orders/data/0191b5a4-6f2e-7c3d-8a1b-2c3d4e5f6071-00007.parquet");
  EXPECT_EQ(data_file_path(files, kEpoch, 123'456),
            "memory://w/orders/data/0191b5a4-6f2e-7c3d-8a1b-2c3d4e5f6071-123456.parquet");
  EXPECT_EQ(manifest_path(files, kEpoch),
            "memory://w/orders/metadata/0191b5a4-6f2e-7c3d-8a1b-2c3d4e5f6071-m0.avro");
  EXPECT_EQ(
      manifest_list_path(files, kEpoch, 3),
      "memory://w/orders/metadata/snap-8117223344556677889-3-0191b5a4-6f2e-7c3d-8a1b-2c3d4e5f6071.avro");
  EXPECT_EQ(journal_path(files.location, kEpoch),
            "memory://w/orders/metadata/calve-journal-0191b5a4-6f2e-7c3d-8a1b-2c3d4e5f6071.json");
}

class ReadJournalsTest : public testing::Test {
 protected:
  ReadJournalsTest() {
    for (const Journal& journal : {kFull, kMinimal}) {
      Journal own = journal;
      own.epoch = journal == kFull ? kEpoch : kWriter;
      EXPECT_TRUE(memory.write(journal_path("memory://w/orders", own.epoch), serialize_journal(own)));
    }
    for (const auto* other :
         {"memory://w/orders/metadata/v1.metadata.json", "memory://w/orders/metadata/journal.json",
          "memory://w/calve-journal-x.json", "memory://w/orders2/metadata/calve-journal-x.json"}) {
      EXPECT_TRUE(memory.write(other, "no journal of this table"));
    }
  }

  storage::MemoryStore memory;
  storage::FaultyStore store{memory};
};

TEST_F(ReadJournalsTest, FindsThoseOfTheTable) {
  const auto open = read_journals(store, "memory://w/orders");
  ASSERT_TRUE(open) << open.error().message;
  ASSERT_THAT(*open, testing::SizeIs(2));
  EXPECT_EQ(open->front().path, journal_path("memory://w/orders", kEpoch));
  EXPECT_EQ(open->front().journal, kFull);
  EXPECT_EQ(open->back().journal.pipeline, "p");
  EXPECT_THAT(read_journals(store, "memory://w/none").value(), IsEmpty());
}

TEST_F(ReadJournalsTest, OneThatIsClosedMeanwhileIsNotMissed) {
  store.inject({.verb = storage::Verb::kRead, .effect = storage::Meanwhile{[&] {
                                                EXPECT_TRUE(
                                                    memory.remove(journal_path("memory://w/orders", kEpoch)));
                                              }}});
  const auto open = read_journals(store, "memory://w/orders");
  ASSERT_TRUE(open) << open.error().message;
  ASSERT_THAT(*open, testing::SizeIs(1));
  EXPECT_EQ(open->front().journal.pipeline, "p");
}

TEST_F(ReadJournalsTest, WhatCannotBeReadIsNoneOfItsJournals) {
  for (const auto verb : {storage::Verb::kList, storage::Verb::kRead}) {
    store.inject({.verb = verb, .effect = storage::FailBefore{{ErrorKind::kUnavailable, "slow down"}}});
    const auto open = read_journals(store, "memory://w/orders");
    ASSERT_FALSE(open);
    EXPECT_EQ(open.error().kind, ErrorKind::kUnavailable);
  }
  ASSERT_TRUE(memory.write(journal_path("memory://w/orders", kEpoch), "{}"));
  const auto open = read_journals(store, "memory://w/orders");
  ASSERT_FALSE(open);
  EXPECT_EQ(open.error().kind, ErrorKind::kInvalidData);
}

}  // namespace
}  // namespace calve::commit
