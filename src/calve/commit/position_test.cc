#include "calve/commit/position.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace calve::commit {
namespace {

using iceberg::SequenceNumber;
using iceberg::TableMetadata;
using testing::HasSubstr;

const batch::LogIdentity kSource{.cluster = "Xk9", .topic = "orders.created.v1", .topic_id = "5f"};

using Next = std::map<PartitionId, Offset>;

Next next(std::initializer_list<std::pair<int, int>> offsets) {
  Next result;
  for (const auto& [partition, offset] : offsets)
    result[PartitionId(partition)] = Offset(offset);
  return result;
}

// A table as commits leave it: each of its snapshots the child of the one before, its id and sequence
// number one more.
class Table {
 public:
  Table& commit(int partition, int from, int to, const std::string& pipeline = "orders") {
    const Ledger ledger{
        .pipeline = pipeline,
        .source = kSource,
        .ranges = {{.partition = PartitionId(partition), .from = Offset(from), .to = Offset(to)}}};
    add_snapshot();
    write_ledger(ledger, metadata.snapshots.back().summary);
    positions_[pipeline] = advance(positions_[pipeline], ledger);
    metadata.properties[position_property_name(pipeline)] =
        position_property(positions_[pipeline], *metadata.current_snapshot_id, metadata.last_sequence_number);
    return *this;
  }
  // By an engine that knows nothing of us: a compaction.
  Table& commit_foreign() {
    add_snapshot();
    return *this;
  }
  Table& expire(int id) {
    std::erase_if(metadata.snapshots, [id](const auto& snapshot) { return snapshot.id == SnapshotId(id); });
    return *this;
  }
  Table& roll_back(int id) {
    metadata.current_snapshot_id = SnapshotId(id);
    return *this;
  }
  Table& remove_property() {
    metadata.properties.erase(position_property_name("orders"));
    return *this;
  }

  TableMetadata metadata;

 private:
  void add_snapshot() {
    metadata.last_sequence_number = metadata.last_sequence_number.plus(1);
    const SnapshotId id(metadata.last_sequence_number.value());
    metadata.snapshots.push_back({.id = id,
                                  .parent_id = metadata.current_snapshot_id,
                                  .sequence_number = metadata.last_sequence_number});
    metadata.current_snapshot_id = id;
  }

  std::map<std::string, Position> positions_;
};

Table three_commits() {
  return Table().commit(0, 0, 100).commit(1, 40, 50).commit(0, 100, 130);
}

TEST(ReadPositionTest, IsWhatTheTableProves) {
  struct Case {
    const char* name;
    Table table;
    Next expected;
  };
  const Next all = next({{0, 130}, {1, 50}});
  for (const auto& [name, table, expected] : {
           Case{"a new table", Table(), {}},
           Case{"commits", three_commits(), all},
           Case{"a foreign commit on top", three_commits().commit_foreign(), all},
           Case{"foreign commits between",
                Table().commit_foreign().commit(0, 0, 9).commit_foreign().commit(0, 9, 12), next({{0, 12}})},
           Case{"foreign commits alone", Table().commit_foreign().commit_foreign(), {}},
           // The property's snapshot is gone, and what is there is newer.
           Case{"expired under a compaction", three_commits().commit_foreign().expire(1).expire(2).expire(3),
                all},
           Case{"expired, two foreign ones on top",
                three_commits().commit_foreign().commit_foreign().expire(3).expire(2), all},
           Case{"ancestors of its snapshot expired", three_commits().expire(1).expire(2), all},
           Case{"expired in between", three_commits().expire(2), all},
           // The property's snapshot is not in the current one's past: a replay.
           Case{"rolled back by one", three_commits().roll_back(2), next({{0, 100}, {1, 50}})},
           Case{"rolled back to the first", three_commits().roll_back(1), next({{0, 100}})},
           Case{"rolled back, and the snapshots above expired",
                three_commits().roll_back(1).expire(3).expire(2), next({{0, 100}})},
           Case{"rolled back, and the ledgers below expired", three_commits().roll_back(2).expire(1),
                next({{0, 100}, {1, 50}})},
           Case{"rolled back below all of ours", Table().commit_foreign().commit(0, 0, 9).roll_back(1), {}},
           Case{"rolled back and gone on", three_commits().roll_back(1).commit_foreign(), next({{0, 100}})},
           Case{"a property removed by hand", three_commits().remove_property(), all},
       }) {
    const auto position = read_position(table.metadata, "orders");
    ASSERT_TRUE(position) << name << ": " << position.error().message;
    EXPECT_EQ(position->next, expected) << name;
    EXPECT_EQ(position->source.has_value(), !expected.empty()) << name;
    if (position->source) {
      EXPECT_EQ(*position->source, kSource) << name;
    }
  }
}

TEST(ReadPositionTest, PipelinesOfOneTableStandApart) {
  const Table table = Table().commit(0, 0, 10).commit(0, 0, 7, "returns").commit(0, 10, 20);
  EXPECT_EQ(read_position(table.metadata, "orders")->next, next({{0, 20}}));
  EXPECT_EQ(read_position(table.metadata, "returns")->next, next({{0, 7}}));
  EXPECT_EQ(read_position(table.metadata, "order")->next, next({}));
}

TEST(ReadPositionTest, SaysSoWhenTheTableDoesNotTell) {
  for (const Table& table : {
           // The ledgers were expired below the rollback, and those that were rolled back.
           three_commits().roll_back(2).expire(1).expire(3),
           // The snapshots between the current one and the ledgers are gone, and the property with them.
           three_commits().commit_foreign().expire(3).remove_property(),
       }) {
    const auto position = read_position(table.metadata, "orders");
    ASSERT_FALSE(position);
    EXPECT_EQ(position.error().kind, ErrorKind::kInvalidData);
    EXPECT_THAT(position.error().message, HasSubstr("calve.orders.position"));
  }
}

TEST(ReadPositionTest, ATableWithoutASnapshotStandsAtTheBeginning) {
  Table table = three_commits();
  table.metadata.current_snapshot_id.reset();
  EXPECT_EQ(read_position(table.metadata, "orders"), Position{});
}

// --- The property's codec --------------------------------------------------------------------------------

TEST(PositionPropertyTest, IsReadAsItWasWritten) {
  const Position full{.source = kSource, .next = next({{0, 130}, {1, 50}, {200, 0}})};
  const Position minimal{.source = kSource};
  for (const Position& position : {full, minimal}) {
    Table table = three_commits();
    table.metadata.properties["calve.orders.position"] =
        position_property(position, SnapshotId(3), SequenceNumber(3));
    EXPECT_EQ(read_position(table.metadata, "orders"), position);
  }
  EXPECT_EQ(position_property(full, SnapshotId(7), SequenceNumber(3)),
            R"({"snapshot-id":7,"sequence-number":3,)"
            R"("source":{"cluster":"Xk9","topic":"orders.created.v1","topic-id":"5f"},)"
            R"("next":{"0":130,"1":50,"200":0}})");
  EXPECT_EQ(position_property_name("orders"), "calve.orders.position");
}

void expect_unreadable(const std::string& text) {
  Table table = three_commits();
  table.metadata.properties["calve.orders.position"] = text;
  const auto position = read_position(table.metadata, "orders");
  ASSERT_FALSE(position) << text;
  EXPECT_EQ(position.error().kind, ErrorKind::kInvalidData) << text;
  EXPECT_THAT(position.error().message, HasSubstr("calve.orders.position")) << text;
}

TEST(PositionPropertyTest, AMissingFieldIsNoPosition) {
  const auto whole = nlohmann::json::parse(three_commits().metadata.properties.at("calve.orders.position"));
  for (const char* member : {"/snapshot-id", "/sequence-number", "/source", "/next", "/source/cluster",
                             "/source/topic", "/source/topic-id"}) {
    const nlohmann::json::json_pointer pointer(member);
    auto json = whole;
    ASSERT_TRUE(json.at(pointer.parent_pointer()).erase(pointer.back())) << member;
    expect_unreadable(json.dump());
  }
  for (const auto& [member, value] : {std::pair{"/next/one", nlohmann::json(1)},
                                      {"/next/0", nlohmann::json("130")},
                                      {"/snapshot-id", nlohmann::json("3")}}) {
    auto json = whole;
    json[nlohmann::json::json_pointer(member)] = value;
    expect_unreadable(json.dump());
  }
  expect_unreadable("");
  expect_unreadable("{");
}

TEST(PositionTest, AdvancesThePartitionsOfTheLedgerAlone) {
  const Position before{.source = kSource, .next = next({{0, 130}, {1, 50}})};
  batch::LogIdentity told_more = kSource;
  told_more.topic_id = "6a";
  const Position after =
      advance(before, {.pipeline = "orders",
                       .source = told_more,
                       .ranges = {{.partition = PartitionId(1), .from = Offset(50), .to = Offset(60)},
                                  {.partition = PartitionId(7), .from = Offset(0), .to = Offset(5)}}});
  EXPECT_EQ(after, (Position{.source = told_more, .next = next({{0, 130}, {1, 60}, {7, 5}})}));
  EXPECT_EQ(next_offset(after, PartitionId(7)), Offset(5));
  EXPECT_EQ(next_offset(after, PartitionId(8)), std::nullopt);
}

TEST(FenceTest, IsANumberOrNone) {
  TableMetadata table;
  EXPECT_EQ(read_fence(table, "orders"), SequenceNumber(0));
  table.properties["calve.orders.fence"] = "17";
  EXPECT_EQ(read_fence(table, "orders"), SequenceNumber(17));
  EXPECT_EQ(read_fence(table, "returns"), SequenceNumber(0));
  EXPECT_EQ(fence_property_name("orders"), "calve.orders.fence");
  for (const auto* text : {"", "x", "17 ", " 17", "1.5", "99999999999999999999"}) {
    table.properties["calve.orders.fence"] = text;
    const auto fence = read_fence(table, "orders");
    ASSERT_FALSE(fence) << text;
    EXPECT_EQ(fence.error().kind, ErrorKind::kInvalidData) << text;
  }
}

}  // namespace
}  // namespace calve::commit
