#include "calve/commit/append.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace calve::commit {
namespace {

using iceberg::Literal;
using iceberg::SequenceNumber;
using iceberg::TableMetadata;
using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::Pair;
using testing::SizeIs;

const Uuid kEpoch = *parse_uuid("0191b5a4-6f2e-7c3d-8a1b-2c3d4e5f6071");
const batch::LogIdentity kSource{.cluster = "c", .topic = "orders.created.v1", .topic_id = "t"};
constexpr Timestamp kNow = timestamp_from_micros(1'795'000'000'123'456);

TableMetadata empty_table() {
  return iceberg::make_table_metadata(
      {.uuid = kEpoch,
       .location = "memory://w/orders",
       .schema = {.fields = {{.id = FieldId(1), .name = "n", .type = iceberg::PrimitiveKind::kInt}}},
       .spec = {.fields = {{.source_id = FieldId(1),
                            .field_id = FieldId(1000),
                            .name = "n",
                            .transform = iceberg::SimpleTransform::kIdentity}}},
       .created_at = timestamp_from_micros(1'794'000'000'000'000)});
}

iceberg::DataFile file(int number, int partition, std::int64_t records) {
  return {.file_path = data_file_path({.location = "memory://w/orders"}, kEpoch, number),
          .partition = {Literal(partition)},
          .record_count = records,
          .file_size_in_bytes = records * 100};
}

Append append(std::int64_t id, std::vector<LedgerRange> ranges, std::vector<iceberg::DataFile> files = {}) {
  return {.epoch = kEpoch,
          .files = {.location = "memory://w/orders", .snapshot_id = SnapshotId(id)},
          .data_files = std::move(files),
          .ledger = {.pipeline = "orders", .source = kSource, .ranges = std::move(ranges)}};
}

LedgerRange range(int partition, std::int64_t from, std::int64_t to) {
  return {.partition = PartitionId(partition), .from = Offset(from), .to = Offset(to), .valid = to - from};
}

struct Built {
  std::vector<BuiltManifest> manifests;
  BuiltSnapshot snapshot;
};

Built build(const TableMetadata& table, const Append& append,
            const std::vector<iceberg::ManifestFile>& carried = {}, int attempt = 0, Timestamp now = kNow) {
  auto manifests = build_manifests(table, append);
  EXPECT_TRUE(manifests) << manifests.error().message;
  auto snapshot = build_snapshot({.table = table,
                                  .append = append,
                                  .added = *manifests,
                                  .carried = carried,
                                  .attempt = attempt,
                                  .now = now});
  EXPECT_TRUE(snapshot) << snapshot.error().message;
  return {std::move(*manifests), std::move(*snapshot)};
}

TableMetadata applied(const TableMetadata& table, const Append& append, Timestamp now = kNow) {
  const Built built = build(table, append, {}, 0, now);
  const auto held = iceberg::check(table, built.snapshot.change.requirements);
  EXPECT_TRUE(held) << held.error().message;
  auto next = iceberg::apply(table, built.snapshot.change.updates, now);
  EXPECT_TRUE(next) << next.error().message;
  return std::move(*next);
}

const iceberg::Snapshot& head(const TableMetadata& table) {
  return *iceberg::current_snapshot(table);
}

// --- check_continues -----------------------------------------------------------------------------------

TEST(CheckContinuesTest, EachRangeMustBeginWhereTheTableStands) {
  const TableMetadata table = applied(empty_table(), append(1, {range(0, 0, 100), range(1, 40, 50)}));
  struct Case {
    const char* name;
    std::vector<LedgerRange> ranges;
    std::set<PartitionId> begun;
    bool continues;
  };
  for (const auto& [name, ranges, begun, continues] : {
           Case{"both go on", {range(0, 100, 110), range(1, 50, 51)}, {}, true},
           Case{"one goes on", {range(1, 50, 51)}, {}, true},
           Case{"no range at all", {}, {}, true},
           Case{"a new partition", {range(2, 7, 8)}, {PartitionId(2)}, true},
           Case{"read before another's commit", {range(0, 90, 110)}, {}, false},
           Case{"read behind a gap", {range(0, 101, 110)}, {}, false},
           Case{"one of two does not", {range(0, 100, 110), range(1, 40, 51)}, {}, false},
           Case{"one that the table does not know", {range(2, 7, 8)}, {}, false},
           Case{"one that another began meanwhile", {range(0, 0, 110)}, {PartitionId(0)}, false},
           Case{"one that another began exactly so", {range(0, 100, 110)}, {PartitionId(0)}, false},
       }) {
    Append next = append(2, ranges);
    next.begun = begun;
    const auto checked = check_continues(table, next);
    EXPECT_EQ(checked.has_value(), continues) << name;
    if (!checked) {
      EXPECT_EQ(checked.error().kind, ErrorKind::kFenced) << name;
    }
  }
  EXPECT_THAT(check_continues(table, append(2, {range(0, 90, 110)})).error().message,
              AllOf(HasSubstr("offset 90"), HasSubstr("from 100")));
  EXPECT_THAT(check_continues(table, append(2, {range(2, 7, 8)})).error().message, HasSubstr("from none"));
}

TEST(CheckContinuesTest, NoEpochOfThoseTogetherMayBeOlderThanTheFence) {
  TableMetadata table = empty_table();
  table.properties[fence_property_name("orders")] = "5";
  struct Case {
    std::int64_t own;
    std::vector<std::int64_t> joined;
    bool continues;
  };
  for (const auto& [own, joined, continues] :
       {Case{4, {}, false}, Case{5, {}, true}, Case{6, {}, true}, Case{6, {5, 7}, true},
        Case{6, {7, 4}, false}, Case{4, {6}, false}}) {
    Append next = append(2, {});
    next.files.opened_at = SequenceNumber(own);
    for (const std::int64_t opened_at : joined)
      next.joined.push_back({.epoch = kEpoch, .opened_at = SequenceNumber(opened_at)});
    const auto checked = check_continues(table, next);
    EXPECT_EQ(checked.has_value(), continues) << own << " with " << testing::PrintToString(joined);
    if (!checked) {
      EXPECT_EQ(checked.error().kind, ErrorKind::kFenced);
      EXPECT_THAT(checked.error().message, HasSubstr("the fence is 5"));
    }
  }
}

TEST(CheckContinuesTest, WhatCannotBeReadIsNoFence) {
  TableMetadata table = empty_table();
  table.properties[fence_property_name("orders")] = "high";
  EXPECT_EQ(check_continues(table, append(2, {})).error().kind, ErrorKind::kInvalidData);
  table.properties[fence_property_name("orders")] = "0";
  table.properties[position_property_name("orders")] = "{}";
  EXPECT_EQ(check_continues(table, append(2, {})).error().kind, ErrorKind::kInvalidData);
}

// --- build_manifests -------------------------------------------------------------------------------------

TEST(BuildManifestsTest, AnEpochsFilesAreOneManifest) {
  const TableMetadata table = empty_table();
  const Append full = append(7, {range(0, 0, 30)}, {file(0, 1, 10), file(1, 2, 20)});
  const auto built = build_manifests(table, full);
  ASSERT_TRUE(built) << built.error().message;
  ASSERT_THAT(*built, SizeIs(1));
  EXPECT_EQ(built->front().path, manifest_path(full.files, kEpoch));
  const auto read = iceberg::read_manifest(built->front().bytes);
  ASSERT_TRUE(read) << read.error().message;
  ASSERT_THAT(read->entries, SizeIs(2));
  EXPECT_EQ(read->entries[1].status, iceberg::EntryStatus::kAdded);
  EXPECT_EQ(read->entries[1].snapshot_id, SnapshotId(7));
  EXPECT_EQ(read->entries[1].data_file, full.data_files[1]);
  EXPECT_EQ(read->spec, iceberg::default_spec(table));

  EXPECT_THAT(build_manifests(table, append(7, {})).value(), IsEmpty());
}

TEST(BuildManifestsTest, RefusesFilesOfNoSpecOrOfTwo) {
  TableMetadata table = empty_table();
  table.partition_specs.push_back({.id = iceberg::SpecId(1)});
  auto other = file(1, 1, 10);
  other.spec_id = iceberg::SpecId(1);
  other.partition = {};
  auto unknown = file(1, 1, 10);
  unknown.spec_id = iceberg::SpecId(9);
  for (const auto& files : {std::vector{file(0, 1, 10), other}, std::vector{unknown}}) {
    const auto built = build_manifests(table, append(7, {}, files));
    ASSERT_FALSE(built);
    EXPECT_EQ(built.error().kind, ErrorKind::kInternal);
  }
}

// --- build_snapshot ----------------------------------------------------------------------------------------

TEST(BuildSnapshotTest, TheFirstSnapshotOfATable) {
  const Append full = append(7, {range(0, 0, 30)}, {file(0, 1, 10), file(1, 2, 20)});
  const TableMetadata table = applied(empty_table(), full);
  EXPECT_EQ(head(table).id, SnapshotId(7));
  EXPECT_EQ(head(table).parent_id, std::nullopt);
  EXPECT_EQ(head(table).sequence_number, SequenceNumber(1));
  EXPECT_EQ(head(table).operation, iceberg::Operation::kAppend);
  EXPECT_EQ(head(table).timestamp, timestamp_from_micros(1'795'000'000'123'000)) << "milliseconds, as stored";
  EXPECT_EQ(head(table).schema_id, table.current_schema_id);
  EXPECT_EQ(head(table).manifest_list, manifest_list_path(full.files, kEpoch, 0));
  EXPECT_THAT(
      head(table).summary,
      AllOf(Contains(Pair("added-data-files", "2")), Contains(Pair("added-records", "30")),
            Contains(Pair("added-files-size", "3000")), Contains(Pair("total-data-files", "2")),
            Contains(Pair("total-records", "30")), Contains(Pair("total-files-size", "3000")),
            Contains(Pair("total-delete-files", "0")), Contains(Pair("changed-partition-count", "2"))));
  EXPECT_EQ(read_ledger(head(table).summary, "orders").value(), full.ledger);
  EXPECT_EQ(read_position(table, "orders").value().next,
            (std::map<PartitionId, Offset>{{PartitionId(0), Offset(30)}}));
  EXPECT_EQ(table.refs.at(iceberg::kMainBranch).snapshot_id, SnapshotId(7));
}

TEST(BuildSnapshotTest, TotalsAndPositionGoOn) {
  const TableMetadata first =
      applied(empty_table(), append(7, {range(0, 0, 30), range(1, 0, 5)}, {file(0, 1, 30)}));
  const TableMetadata second = applied(first, append(8, {range(0, 30, 50)}, {file(0, 1, 15), file(1, 1, 5)}));
  EXPECT_EQ(head(second).parent_id, SnapshotId(7));
  EXPECT_EQ(head(second).sequence_number, SequenceNumber(2));
  EXPECT_THAT(head(second).summary,
              AllOf(Contains(Pair("added-records", "20")), Contains(Pair("total-records", "50")),
                    Contains(Pair("total-data-files", "3")), Contains(Pair("changed-partition-count", "1"))));
  EXPECT_EQ(read_position(second, "orders").value().next,
            (std::map<PartitionId, Offset>{{PartitionId(0), Offset(50)}, {PartitionId(1), Offset(5)}}));
}

TEST(BuildSnapshotTest, AnEpochWithoutFilesMovesOffsetsAlone) {
  const TableMetadata first = applied(empty_table(), append(7, {range(0, 0, 30)}, {file(0, 1, 30)}));
  const TableMetadata second = applied(first, append(8, {range(0, 30, 31)}));
  EXPECT_THAT(head(second).summary, AllOf(Not(Contains(Pair("added-data-files", testing::_))),
                                          Contains(Pair("total-records", "30"))));
  EXPECT_EQ(next_offset(read_position(second, "orders").value(), PartitionId(0)), Offset(31));
}

TEST(BuildSnapshotTest, TotalsThatTheHeadDoesNotTellAreNotMadeUp) {
  TableMetadata table = applied(empty_table(), append(7, {range(0, 0, 30)}, {file(0, 1, 30)}));
  // Another engine's head: no totals, or one that is no number.
  table.snapshots.back().summary.erase("total-records");
  table.snapshots.back().summary["total-files-size"] = "unknown";
  const TableMetadata next = applied(table, append(8, {}, {file(0, 1, 5)}));
  EXPECT_THAT(head(next).summary, AllOf(Not(Contains(Pair("total-records", testing::_))),
                                        Not(Contains(Pair("total-files-size", testing::_))),
                                        Contains(Pair("total-data-files", "2"))));
}

TEST(BuildSnapshotTest, ASnapshotIsNotOlderThanItsTable) {
  const TableMetadata first = applied(empty_table(), append(7, {range(0, 0, 30)}));
  const TableMetadata second =
      applied(first, append(8, {range(0, 30, 31)}), kNow - std::chrono::hours(1));  // a clock that went back
  EXPECT_GE(head(second).timestamp, head(first).timestamp);
}

TEST(BuildSnapshotTest, CarriesTheManifestsThatAreThere) {
  const TableMetadata table = applied(empty_table(), append(7, {range(0, 0, 30)}, {file(0, 1, 30)}));
  const std::vector<iceberg::ManifestFile> carried = {
      {.manifest_path = "memory://w/orders/metadata/other-m0.avro",
       .manifest_length = 77,
       .sequence_number = SequenceNumber(1),
       .min_sequence_number = SequenceNumber(1),
       .added_snapshot_id = SnapshotId(7),
       .added_files_count = 1,
       .added_rows_count = 30,
       .partitions = {
           {.lower_bound = std::string("\1\0\0\0", 4), .upper_bound = std::string("\1\0\0\0", 4)}}}};
  const Append full = append(8, {range(0, 30, 50)}, {file(0, 2, 20)});
  const Built built = build(table, full, carried, 3);
  EXPECT_EQ(built.snapshot.list_path, manifest_list_path(full.files, kEpoch, 3));
  const auto list = iceberg::read_manifest_list(built.snapshot.list_bytes);
  ASSERT_TRUE(list) << list.error().message;
  EXPECT_EQ(*list, built.snapshot.manifests);
  ASSERT_THAT(*list, SizeIs(2));
  EXPECT_EQ(list->front().manifest_path, built.manifests.front().path) << "newest first";
  EXPECT_EQ(list->front().added_snapshot_id, SnapshotId(8));
  EXPECT_EQ(list->front().sequence_number, SequenceNumber(2));
  EXPECT_EQ(list->front().added_rows_count, 20);
  EXPECT_EQ(list->back(), carried.front());
}

TEST(BuildSnapshotTest, AsksForTheHeadThatItWasBuiltOn) {
  const TableMetadata first = applied(empty_table(), append(7, {range(0, 0, 30)}));
  const TableMetadata second = applied(first, append(8, {range(1, 0, 1)}));
  const auto change = build(first, append(9, {range(0, 30, 31)})).snapshot.change;
  const auto held = iceberg::check(second, change.requirements);
  ASSERT_FALSE(held);
  EXPECT_EQ(held.error().kind, ErrorKind::kFenced);
  TableMetadata made_anew = first;
  made_anew.table_uuid = random_uuid();
  EXPECT_FALSE(iceberg::check(made_anew, change.requirements)) << "a table of the same name is another";
}

TEST(BuildSnapshotTest, AFenceRidesOnTheSnapshot) {
  Append raising = append(7, {});
  raising.fence = SequenceNumber(12);
  const TableMetadata table = applied(empty_table(), raising);
  EXPECT_EQ(read_fence(table, "orders"), SequenceNumber(12));
  EXPECT_EQ(read_fence(applied(table, append(8, {})), "orders"), SequenceNumber(12)) << "it is kept";
}

}  // namespace
}  // namespace calve::commit
