#include "calve/iceberg/table_update.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "calve/iceberg/golden_files.h"

namespace calve::iceberg {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr Timestamp at_ms(std::int64_t ms) {
  return timestamp_from_micros(ms * 1000);
}

NestedField field(int id, std::string name, Type type) {
  return {.id = FieldId(id), .name = std::move(name), .type = std::move(type)};
}

Schema two_columns() {
  return {.fields = {field(1, "id", PrimitiveKind::kLong), field(2, "at", PrimitiveKind::kTimestamptz)}};
}

TableMetadata new_table() {
  return make_table_metadata({.location = "file:/t", .schema = two_columns(), .created_at = at_ms(1000)});
}

Snapshot snapshot(std::int64_t id, std::int64_t sequence_number, std::int64_t ms) {
  return {.id = SnapshotId(id),
          .sequence_number = SequenceNumber(sequence_number),
          .timestamp = at_ms(ms),
          .manifest_list = "file:/t/snap.avro",
          .schema_id = SchemaId(0)};
}

SetSnapshotRef set_main(std::int64_t id) {
  return {.name = kMainBranch, .ref = {.snapshot_id = SnapshotId(id)}};
}

TableMetadata applied(const TableMetadata& base, const std::vector<TableUpdate>& updates,
                      Timestamp now = at_ms(2000)) {
  auto metadata = apply(base, updates, now);
  EXPECT_TRUE(metadata) << metadata.error().message;
  if (!metadata) return base;
  // Whatever comes out can be read back, equal.
  EXPECT_EQ(parse_table_metadata(serialize_table_metadata(*metadata)), *metadata);
  return *metadata;
}

void expect_refused(const TableMetadata& base, const std::vector<TableUpdate>& updates, const char* says) {
  const auto metadata = apply(base, updates, at_ms(2000));
  ASSERT_FALSE(metadata) << says;
  EXPECT_EQ(metadata.error().kind, ErrorKind::kInvalidData);
  EXPECT_THAT(metadata.error().message, HasSubstr(says));
}

// main: 1, 2, 3 at 1100, 1200, 1300.
TableMetadata three_snapshots() {
  TableMetadata metadata = new_table();
  for (std::int64_t i = 1; i <= 3; ++i) {
    Snapshot next = snapshot(i, i, 1000 + 100 * i);
    if (i > 1) next.parent_id = SnapshotId(i - 1);
    metadata = applied(metadata, {AddSnapshot{next}, set_main(i)}, at_ms(1000 + 100 * i));
  }
  return metadata;
}

std::vector<std::int64_t> logged(const TableMetadata& metadata) {
  std::vector<std::int64_t> ids;
  for (const auto& entry : metadata.snapshot_log)
    ids.push_back(entry.snapshot_id.value());
  return ids;
}

// --- Requirements -----------------------------------------------------------------------------------

TEST(Check, HoldsOrNamesBothValues) {
  TableMetadata base = three_snapshots();
  base.table_uuid = Uuid{};
  Uuid other;
  other.bytes[15] = 0xab;
  const auto ok = [&](TableRequirement requirement) {
    return check(base, {std::move(requirement)}).has_value();
  };
  EXPECT_TRUE(ok(AssertTableUuid{Uuid{}}));
  EXPECT_TRUE(ok(AssertRefSnapshotId{"main", SnapshotId(3)}));
  EXPECT_TRUE(ok(AssertRefSnapshotId{"none", std::nullopt}));
  EXPECT_TRUE(ok(AssertCurrentSchemaId{SchemaId(0)}));
  EXPECT_TRUE(ok(AssertLastAssignedFieldId{FieldId(2)}));
  EXPECT_TRUE(ok(AssertDefaultSpecId{SpecId(0)}));

  const std::pair<TableRequirement, std::vector<const char*>> kBroken[] = {
      {AssertCreate{}, {"file:/t"}},
      {AssertTableUuid{other}, {"0000000000ab", "000000000000"}},
      {AssertRefSnapshotId{"main", SnapshotId(2)}, {"main", "snapshot 2", "snapshot 3"}},
      {AssertRefSnapshotId{"main", std::nullopt}, {"no snapshot", "snapshot 3"}},
      {AssertRefSnapshotId{"none", SnapshotId(2)}, {"snapshot 2", "no snapshot"}},
      {AssertCurrentSchemaId{SchemaId(7)}, {"schema", "7", "0"}},
      {AssertLastAssignedFieldId{FieldId(1)}, {"field id", "1", "2"}},
      {AssertDefaultSpecId{SpecId(4)}, {"spec", "4", "0"}},
  };
  for (const auto& [requirement, says] : kBroken) {
    const auto result = check(base, {AssertDefaultSpecId{SpecId(0)}, requirement});
    ASSERT_FALSE(result) << says.front();
    EXPECT_EQ(result.error().kind, ErrorKind::kFenced);
    for (const char* text : says)
      EXPECT_THAT(result.error().message, HasSubstr(text));
  }
}

// --- Snapshots --------------------------------------------------------------------------------------

TEST(Apply, WithoutUpdatesChangesNothing) {
  EXPECT_EQ(apply(three_snapshots(), {}, at_ms(9000)), three_snapshots());
}

TEST(Apply, AppendMovesMainAndItsLog) {
  const TableMetadata metadata = three_snapshots();
  EXPECT_EQ(metadata.current_snapshot_id, SnapshotId(3));
  EXPECT_EQ(metadata.refs.at("main").snapshot_id, SnapshotId(3));
  EXPECT_EQ(metadata.last_sequence_number, SequenceNumber(3));
  EXPECT_EQ(metadata.last_updated, at_ms(1300));
  EXPECT_THAT(logged(metadata), ElementsAre(1, 2, 3));
  EXPECT_EQ(metadata.snapshot_log[1].timestamp, at_ms(1200));
}

TEST(Apply, TimesAreMillisecondsAndNeverGoBack) {
  Snapshot next = snapshot(4, 4, 0);
  next.timestamp = timestamp_from_micros(1'400'999);
  TableMetadata metadata =
      applied(three_snapshots(), {AddSnapshot{next}, set_main(4)}, timestamp_from_micros(1'450'999));
  EXPECT_EQ(metadata.snapshots.back().timestamp, at_ms(1400));
  EXPECT_EQ(metadata.last_updated, at_ms(1450));

  metadata = applied(metadata, {AddSnapshot{snapshot(5, 5, 900)}, set_main(5)}, at_ms(900));
  EXPECT_EQ(metadata.last_updated, at_ms(1450));
  EXPECT_EQ(metadata.snapshot_log.back().timestamp, at_ms(1400));
}

TEST(Apply, RollbackIsLoggedWithItsOwnTime) {
  const TableMetadata metadata = applied(three_snapshots(), {set_main(1)}, at_ms(5000));
  EXPECT_EQ(metadata.current_snapshot_id, SnapshotId(1));
  EXPECT_THAT(logged(metadata), ElementsAre(1, 2, 3, 1));
  EXPECT_EQ(metadata.snapshot_log.back().timestamp, at_ms(5000));
}

TEST(Apply, IntermediateSnapshotsAreNotLogged) {
  const TableMetadata metadata = applied(three_snapshots(), {AddSnapshot{snapshot(4, 4, 1400)}, set_main(4),
                                                             AddSnapshot{snapshot(5, 5, 1500)}, set_main(5)});
  EXPECT_THAT(logged(metadata), ElementsAre(1, 2, 3, 5));
  EXPECT_EQ(metadata.snapshots.size(), 5u);
}

TEST(Apply, OtherRefsLeaveMainAlone) {
  const SetSnapshotRef tag{.name = "first", .ref = {.snapshot_id = SnapshotId(1), .kind = RefKind::kTag}};
  const TableMetadata metadata = applied(three_snapshots(), {tag, AddSnapshot{snapshot(4, 4, 1400)}});
  EXPECT_EQ(metadata.current_snapshot_id, SnapshotId(3));
  EXPECT_THAT(logged(metadata), ElementsAre(1, 2, 3));
  EXPECT_EQ(metadata.refs.at("first").kind, RefKind::kTag);
}

TEST(Apply, RetentionOfMainIsNoNewLogEntry) {
  SetSnapshotRef update = set_main(3);
  update.ref.min_snapshots_to_keep = 5;
  const TableMetadata metadata = applied(three_snapshots(), {update});
  EXPECT_EQ(metadata.refs.at("main").min_snapshots_to_keep, 5);
  EXPECT_THAT(logged(metadata), ElementsAre(1, 2, 3));
}

TEST(Apply, RemovedSnapshotsTakeRefsStatisticsAndTheLogBeforeThem) {
  TableMetadata base = three_snapshots();
  base.refs["second"] = {.snapshot_id = SnapshotId(2), .kind = RefKind::kTag};
  base.unknown_members["statistics"] = R"([{"snapshot-id":2,"x":1},{"snapshot-id":3,"x":2}])";
  const TableMetadata metadata = applied(base, {RemoveSnapshots{{SnapshotId(2), SnapshotId(77)}}});
  EXPECT_EQ(metadata.snapshots.size(), 2u);
  EXPECT_EQ(metadata.refs.count("second"), 0u);
  EXPECT_THAT(logged(metadata), ElementsAre(3));
  EXPECT_EQ(metadata.unknown_members.at("statistics"), R"([{"snapshot-id":3,"x":2}])");
}

TEST(Apply, RemovingTheCurrentSnapshotLeavesAnEmptyTable) {
  const TableMetadata metadata = applied(three_snapshots(), {RemoveSnapshots{{SnapshotId(3)}}});
  EXPECT_EQ(metadata.current_snapshot_id, std::nullopt);
  EXPECT_TRUE(metadata.refs.empty());
  EXPECT_TRUE(metadata.snapshot_log.empty());
  EXPECT_EQ(metadata.last_sequence_number, SequenceNumber(3));
}

TEST(Apply, RefusesSnapshotsThatBreakTheTable) {
  const TableMetadata base = three_snapshots();
  expect_refused(base, {AddSnapshot{snapshot(3, 4, 1400)}}, "snapshot 3 already");
  expect_refused(base, {AddSnapshot{snapshot(4, 3, 1400)}}, "must be above 3, it is 3");
  expect_refused(base, {set_main(4)}, "no snapshot 4");
  Snapshot other_schema = snapshot(4, 4, 1400);
  other_schema.schema_id = SchemaId(6);
  expect_refused(base, {AddSnapshot{other_schema}}, "no schema 6");
  Snapshot latin1 = snapshot(4, 4, 1400);
  latin1.summary = {{"who", "\xe6"}};
  expect_refused(base, {AddSnapshot{latin1}}, "not UTF-8: who");
  SetSnapshotRef tag = set_main(3);
  tag.ref.kind = RefKind::kTag;
  expect_refused(base, {tag}, "main must be a branch");
}

TEST(Apply, Version1HasNoSequenceNumbers) {
  const auto base = parse_table_metadata(golden_file("orders-v1/metadata/v2.metadata.json"));
  ASSERT_TRUE(base);
  const TableMetadata metadata =
      applied(*base, {AddSnapshot{snapshot(4, 0, 1795527274999)}, set_main(4)}, at_ms(1795527274999));
  EXPECT_EQ(metadata.format_version, 1);
  EXPECT_EQ(metadata.last_sequence_number, SequenceNumber(0));
  expect_refused(*base, {AddSnapshot{snapshot(4, 1, 1400)}}, "format version 1");
}

// --- Schemas, specs, sort orders, properties ----------------------------------------------------------

TEST(Apply, NewSchemaGetsTheNextIdAndMinusOneMeansIt) {
  Schema wider = two_columns();
  wider.fields.push_back(field(5, "note", PrimitiveKind::kString));
  TableMetadata metadata = applied(new_table(), {AddSchema{wider}, SetCurrentSchema{SchemaId(-1)}});
  EXPECT_EQ(metadata.current_schema_id, SchemaId(1));
  EXPECT_EQ(metadata.last_column_id, FieldId(5));

  metadata = applied(metadata, {AddSchema{two_columns()}, SetCurrentSchema{SchemaId(-1)}});
  EXPECT_EQ(metadata.current_schema_id, SchemaId(0)) << "a schema that is there is used again";
  EXPECT_EQ(metadata.schemas.size(), 2u);
  EXPECT_EQ(metadata.last_column_id, FieldId(5)) << "ids are never given twice";
}

TEST(Apply, PartitionFieldsGetIdsOnceForSourceAndTransform) {
  const PartitionField day{.source_id = FieldId(2), .name = "day", .transform = SimpleTransform::kDay};
  const PartitionField bucket{.source_id = FieldId(1), .name = "b", .transform = BucketTransform(4)};
  TableMetadata metadata =
      applied(new_table(), {AddPartitionSpec{{.fields = {day}}}, SetDefaultSpec{SpecId(-1)}});
  EXPECT_EQ(default_spec(metadata).id, SpecId(1));
  EXPECT_EQ(default_spec(metadata).fields[0].field_id, FieldId(1000));

  metadata = applied(metadata, {AddPartitionSpec{{.fields = {bucket, day}}}, SetDefaultSpec{SpecId(-1)}});
  EXPECT_EQ(default_spec(metadata).id, SpecId(2));
  EXPECT_EQ(default_spec(metadata).fields[0].field_id, FieldId(1001));
  EXPECT_EQ(default_spec(metadata).fields[1].field_id, FieldId(1000));
  EXPECT_EQ(metadata.last_partition_id, FieldId(1001));

  metadata = applied(metadata, {AddPartitionSpec{{.fields = {day}}}, SetDefaultSpec{SpecId(-1)}});
  EXPECT_EQ(default_spec(metadata).id, SpecId(1)) << "a spec that is there is used again";
}

TEST(Apply, SortOrdersCountFromOneAndZeroIsUnsorted) {
  const SortField by_id{.source_id = FieldId(1), .transform = SimpleTransform::kIdentity};
  TableMetadata metadata =
      applied(new_table(), {AddSortOrder{{.fields = {by_id}}}, SetDefaultSortOrder{SortOrderId(-1)}});
  EXPECT_EQ(default_sort_order(metadata).id, SortOrderId(1));
  metadata = applied(metadata, {AddSortOrder{}, SetDefaultSortOrder{SortOrderId(-1)}});
  EXPECT_EQ(default_sort_order(metadata).id, SortOrderId(0));
  EXPECT_EQ(metadata.sort_orders.size(), 2u);
}

TEST(Apply, PropertiesAreSetAndRemovedInOrder) {
  const TableMetadata metadata = applied(
      new_table(),
      {SetProperties{{{"a", "1"}, {"b", "2"}}}, RemoveProperties{{"a", "x"}}, SetProperties{{{"b", "3"}}}});
  EXPECT_EQ(metadata.properties, (std::map<std::string, std::string>{{"b", "3"}}));
  EXPECT_EQ(metadata.last_updated, at_ms(2000));
}

TEST(Apply, RefusesIdsThatAreNotThere) {
  const PartitionField of_column_9{.source_id = FieldId(9), .name = "x", .transform = SimpleTransform::kDay};
  const SortField by_column_9{.source_id = FieldId(9), .transform = SimpleTransform::kIdentity};
  const PartitionField day{
      .source_id = FieldId(2), .field_id = FieldId(1000), .name = "day", .transform = SimpleTransform::kDay};
  const TableMetadata base = new_table();
  expect_refused(base, {SetCurrentSchema{SchemaId(1)}}, "no schema 1");
  expect_refused(base, {SetCurrentSchema{SchemaId(-1)}}, "added last");
  expect_refused(base, {SetDefaultSpec{SpecId(1)}}, "no partition spec 1");
  expect_refused(base, {SetDefaultSpec{SpecId(-1)}}, "added last");
  expect_refused(base, {SetDefaultSortOrder{SortOrderId(1)}}, "no sort order 1");
  expect_refused(base, {SetDefaultSortOrder{SortOrderId(-1)}}, "added last");
  expect_refused(base, {AddPartitionSpec{{.fields = {of_column_9}}}}, "no field 9");
  expect_refused(base, {AddPartitionSpec{{.fields = {day, day}}}}, "used twice");
  expect_refused(base, {AddSortOrder{{.fields = {by_column_9}}}}, "no field 9");
  expect_refused(base, {SetProperties{{{"a", "\xff"}}}}, "not UTF-8: a");
  Schema without_at = two_columns();
  without_at.fields.pop_back();
  expect_refused(base,
                 {AddPartitionSpec{{.fields = {day}}}, SetDefaultSpec{SpecId(-1)}, AddSchema{without_at},
                  SetCurrentSchema{SchemaId(-1)}},
                 "no field 2");
}

// --- REST ---------------------------------------------------------------------------------------------

TEST(ToJson, IsTheRestSpecifications) {
  Snapshot next = snapshot(4, 4, 1400);
  next.parent_id = SnapshotId(3);
  next.summary = {{"added-records", "2"}};
  const SetSnapshotRef tag{.name = "eod",
                           .ref = {.snapshot_id = SnapshotId(4), .kind = RefKind::kTag, .max_ref_age_ms = 9}};
  const PartitionField day{.source_id = FieldId(2), .name = "day", .transform = SimpleTransform::kDay};
  const TableChange change{
      .requirements = {AssertCreate{}, AssertTableUuid{Uuid{}}, AssertRefSnapshotId{"main", SnapshotId(3)},
                       AssertRefSnapshotId{"main", std::nullopt}, AssertCurrentSchemaId{SchemaId(1)},
                       AssertLastAssignedFieldId{FieldId(2)}, AssertDefaultSpecId{SpecId(3)}},
      .updates = {AddSchema{{.id = SchemaId(1), .fields = {field(1, "x", PrimitiveKind::kInt)}}},
                  SetCurrentSchema{SchemaId(-1)}, AddPartitionSpec{{.fields = {day}}},
                  SetDefaultSpec{SpecId(-1)}, AddSortOrder{}, SetDefaultSortOrder{SortOrderId(0)},
                  AddSnapshot{next}, set_main(4), tag, RemoveSnapshots{{SnapshotId(1), SnapshotId(2)}},
                  SetProperties{{{"a", "1"}}}, RemoveProperties{{"b"}}}};
  EXPECT_EQ(to_json(change), json::parse(R"({
    "requirements": [
      {"type": "assert-create"},
      {"type": "assert-table-uuid", "uuid": "00000000-0000-0000-0000-000000000000"},
      {"type": "assert-ref-snapshot-id", "ref": "main", "snapshot-id": 3},
      {"type": "assert-ref-snapshot-id", "ref": "main", "snapshot-id": null},
      {"type": "assert-current-schema-id", "current-schema-id": 1},
      {"type": "assert-last-assigned-field-id", "last-assigned-field-id": 2},
      {"type": "assert-default-spec-id", "default-spec-id": 3}],
    "updates": [
      {"action": "add-schema", "schema": {"type": "struct", "schema-id": 1,
        "fields": [{"id": 1, "name": "x", "required": false, "type": "int"}]}},
      {"action": "set-current-schema", "schema-id": -1},
      {"action": "add-spec", "spec": {"spec-id": 0, "fields": [{"name": "day", "transform": "day", "source-id": 2}]}},
      {"action": "set-default-spec", "spec-id": -1},
      {"action": "add-sort-order", "sort-order": {"order-id": 0, "fields": []}},
      {"action": "set-default-sort-order", "sort-order-id": 0},
      {"action": "add-snapshot", "snapshot": {"sequence-number": 4, "snapshot-id": 4, "parent-snapshot-id": 3,
        "timestamp-ms": 1400, "summary": {"operation": "append", "added-records": "2"},
        "manifest-list": "file:/t/snap.avro", "schema-id": 0}},
      {"action": "set-snapshot-ref", "ref-name": "main", "type": "branch", "snapshot-id": 4},
      {"action": "set-snapshot-ref", "ref-name": "eod", "type": "tag", "snapshot-id": 4, "max-ref-age-ms": 9},
      {"action": "remove-snapshots", "snapshot-ids": [1, 2]},
      {"action": "set-properties", "updates": {"a": "1"}},
      {"action": "remove-properties", "removals": ["b"]}]})"));
}

TEST(ToJson, HoldsTextThatIsNotUtf8WithoutThrowing) {
  const auto change = to_json({.updates = {SetProperties{{{"a", "x\xffy\x01"}}}}});
  EXPECT_EQ(change["updates"][0]["updates"]["a"], "x\ufffdy\u0001");
}

}  // namespace
}  // namespace calve::iceberg
