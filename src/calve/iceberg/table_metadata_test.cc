#include "calve/iceberg/table_metadata.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "calve/iceberg/golden_files.h"

namespace calve::iceberg {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;

TableMetadata parsed(const std::string& text) {
  auto metadata = parse_table_metadata(text);
  EXPECT_TRUE(metadata) << metadata.error().message << "\n" << text;
  return metadata ? *metadata : TableMetadata{};
}

// --- What other implementations wrote -----------------------------------------------------------

// What we leave out on purpose: PyIceberg writes an empty list of identifier fields.
json normal(json metadata) {
  for (auto& schema : metadata["schemas"]) {
    if (schema.contains("identifier-field-ids") && schema["identifier-field-ids"].empty()) {
      schema.erase("identifier-field-ids");
    }
  }
  return metadata;
}

class Golden : public ::testing::TestWithParam<const char*> {};

TEST_P(Golden, LosesNothingInARewrite) {
  const std::string text = golden_file(GetParam());
  ASSERT_FALSE(text.empty()) << GetParam();
  const TableMetadata metadata = parsed(text);
  const std::string written = serialize_table_metadata(metadata);
  EXPECT_EQ(json::parse(written), normal(json::parse(text)));
  EXPECT_EQ(parsed(written), metadata);
}

INSTANTIATE_TEST_SUITE_P(
    Java, Golden,
    ::testing::Values("orders/metadata/v4.metadata.json", "orders-v1/metadata/v2.metadata.json",
                      "upgraded/metadata/v4.metadata.json", "every-transform/metadata/v2.metadata.json",
                      "evolved/metadata/v6.metadata.json", "row-delta/metadata/v3.metadata.json",
                      "expired/metadata/v4.metadata.json", "unknown-fields/metadata/v4.metadata.json"));
INSTANTIATE_TEST_SUITE_P(
    PyIceberg, Golden,
    ::testing::Values("codecs/metadata/00006-9548e0ea-046d-4458-90c2-0f95fe971004.metadata.json"));

TEST(GoldenOrders, FieldsAreWhatTheirWriterSays) {
  const auto expected = json::parse(golden_file("orders/expected.json"));
  const TableMetadata metadata = parsed(golden_file("orders/metadata/v4.metadata.json"));
  EXPECT_EQ(metadata.format_version, 2);
  EXPECT_EQ(to_string(*metadata.table_uuid), expected["table_uuid"].get<std::string>());
  EXPECT_EQ(metadata.last_sequence_number.value(), expected["last_sequence_number"]);
  EXPECT_EQ(metadata.last_column_id.value(), expected["last_column_id"]);
  EXPECT_EQ(metadata.last_partition_id.value(), expected["last_partition_id"]);
  EXPECT_EQ(metadata.current_snapshot_id->value(), expected["current_snapshot_id"]);
  EXPECT_EQ(to_millis(metadata.last_updated), 1795527274428);
  EXPECT_EQ(metadata.properties.at("write.parquet.compression-codec"), "zstd");
  EXPECT_EQ(metadata.metadata_log.size(), 3u);

  ASSERT_EQ(metadata.snapshots.size(), 2u);
  const Snapshot* current = current_snapshot(metadata);
  ASSERT_NE(current, nullptr);
  EXPECT_EQ(current->operation, Operation::kDelete);
  EXPECT_EQ(current->parent_id, metadata.snapshots[0].id);
  EXPECT_EQ(current->sequence_number, SequenceNumber(2));
  EXPECT_EQ(current->summary.at("deleted-records"), "5");
  EXPECT_EQ(current->summary.count("operation"), 0u);
  EXPECT_EQ(current->schema_id, SchemaId(0));
  EXPECT_EQ(metadata.refs.at("first").kind, RefKind::kTag);
  EXPECT_EQ(metadata.refs.at("main").snapshot_id, current->id);

  const PartitionSpec& spec = default_spec(metadata);
  ASSERT_EQ(spec.fields.size(), 1u);
  EXPECT_EQ(spec.fields[0].transform, Transform(SimpleTransform::kDay));
  EXPECT_EQ(spec.fields[0].field_id, FieldId(1000));
  const NestedField* price = find_field(current_schema(metadata), "items.element.unit_price");
  ASSERT_NE(price, nullptr);
  EXPECT_EQ(price->type, Type(DecimalType(12, 2)));
}

TEST(GoldenEvolved, KeepsSortOrdersAndEarlierSpecs) {
  const TableMetadata metadata = parsed(golden_file("evolved/metadata/v6.metadata.json"));
  EXPECT_EQ(default_spec(metadata).fields[0].transform, Transform(BucketTransform(4)));
  ASSERT_EQ(default_sort_order(metadata).fields.size(), 2u);
  EXPECT_EQ(default_sort_order(metadata).fields[1].direction, SortDirection::kDescending);
  EXPECT_EQ(default_sort_order(metadata).fields[1].null_order, NullOrder::kNullsLast);
  EXPECT_EQ(find_field(*find_schema(metadata, SchemaId(0)), FieldId(1))->type, Type(PrimitiveKind::kInt));
  EXPECT_EQ(find_field(current_schema(metadata), FieldId(1))->type, Type(PrimitiveKind::kLong));
}

TEST(GoldenUnknownFields, SurviveAtEachLevel) {
  const TableMetadata metadata = parsed(golden_file("unknown-fields/metadata/v4.metadata.json"));
  EXPECT_EQ(metadata.unknown_members.at("a-later-field"), R"({"nested":[1,null,"x"]})");
  EXPECT_EQ(metadata.snapshots[1].unknown_members.at("a-later-field"), "1.5");
  EXPECT_EQ(metadata.schemas[0].unknown_members.at("a-later-field"), "true");
  EXPECT_EQ(metadata.partition_specs[0].fields[0].unknown_members.at("a-later-field"), "\"x\"");
}

// --- Version 1 --------------------------------------------------------------------------------------

constexpr const char* kV1Minimal = R"({
  "format-version": 1, "location": "file:/t", "last-updated-ms": 10, "last-column-id": 1,
  "schema": {"type": "struct", "fields": [{"id": 1, "name": "x", "required": true, "type": "long"}]},
  "partition-spec": [{"name": "x", "transform": "identity", "source-id": 1}],
  "current-snapshot-id": 7,
  "snapshots": [{"snapshot-id": 7, "timestamp-ms": 9, "manifests": ["file:/t/m0.avro"]}]})";

TEST(Version1, IsReadWithoutWhatVersion2Added) {
  const TableMetadata metadata = parsed(kV1Minimal);
  EXPECT_EQ(metadata.table_uuid, std::nullopt);
  EXPECT_EQ(current_schema(metadata).id, SchemaId(0));
  EXPECT_EQ(default_spec(metadata).fields[0].field_id, FieldId(1000));
  EXPECT_EQ(metadata.last_partition_id, FieldId(1000));
  EXPECT_EQ(default_sort_order(metadata), SortOrder{});
  EXPECT_EQ(metadata.last_sequence_number, SequenceNumber(0));
  EXPECT_EQ(metadata.snapshots[0].manifest_list, "");
  EXPECT_EQ(metadata.snapshots[0].unknown_members.at("manifests"), R"(["file:/t/m0.avro"])");
  EXPECT_EQ(metadata.snapshots[0].operation, Operation::kOverwrite);
  EXPECT_EQ(metadata.refs.at("main").snapshot_id, SnapshotId(7));
}

TEST(Version1, StaysVersion1) {
  const TableMetadata metadata = parsed(kV1Minimal);
  const std::string written = serialize_table_metadata(metadata);
  EXPECT_EQ(parsed(written), metadata);
  const auto members = json::parse(written);
  EXPECT_EQ(members["format-version"], 1);
  EXPECT_EQ(members["schema"]["fields"][0]["name"], "x");
  EXPECT_EQ(members["partition-spec"][0]["field-id"], 1000);
  EXPECT_FALSE(members.contains("last-sequence-number"));
  EXPECT_FALSE(members["snapshots"][0].contains("sequence-number"));
  EXPECT_FALSE(members["snapshots"][0].contains("manifest-list"));
}

// --- A table without snapshots ----------------------------------------------------------------------

TEST(EmptyTable, HasNoCurrentSnapshotHoweverItIsWritten) {
  auto members = json::parse(golden_file("orders/metadata/v4.metadata.json"));
  for (const char* name : {"refs", "snapshots", "snapshot-log"})
    members.erase(name);
  for (const json& none : {json(-1), json(nullptr)}) {
    members["current-snapshot-id"] = none;
    EXPECT_EQ(parsed(members.dump()).current_snapshot_id, std::nullopt) << none;
  }
  members.erase("current-snapshot-id");
  const TableMetadata metadata = parsed(members.dump());
  EXPECT_EQ(metadata.current_snapshot_id, std::nullopt);
  EXPECT_EQ(current_snapshot(metadata), nullptr);
  EXPECT_EQ(json::parse(serialize_table_metadata(metadata))["current-snapshot-id"], -1);
}

TEST(MakeTableMetadata, IsMetadataThatCanBeReadBack) {
  NewTable table{.location = "file:/t", .created_at = timestamp_from_micros(1'700'000'000'123'456)};
  table.uuid.bytes[0] = 1;
  table.schema.id = SchemaId(9);
  table.schema.fields = {{.id = FieldId(1), .name = "at", .type = PrimitiveKind::kTimestamptz},
                         {.id = FieldId(4), .name = "say \"hi\"\n", .type = FixedType(3)}};
  table.spec.fields = {{.source_id = FieldId(1), .name = "day", .transform = SimpleTransform::kDay}};
  table.sort_order.fields = {{.source_id = FieldId(1), .transform = SimpleTransform::kIdentity}};
  const TableMetadata metadata = make_table_metadata(table);
  EXPECT_EQ(metadata.last_column_id, FieldId(4));
  EXPECT_EQ(metadata.last_partition_id, FieldId(1000));
  EXPECT_EQ(metadata.default_sort_order_id, SortOrderId(1));
  EXPECT_EQ(to_micros(metadata.last_updated), 1'700'000'000'123'000);
  EXPECT_EQ(parsed(serialize_table_metadata(metadata)), metadata);

  table.spec = {};
  table.sort_order = {};
  const TableMetadata plain = make_table_metadata(table);
  EXPECT_EQ(plain.last_partition_id, FieldId(999));
  EXPECT_EQ(plain.default_sort_order_id, SortOrderId(0));
  EXPECT_EQ(parsed(serialize_table_metadata(plain)), plain);
}

TEST(IsAncestor, FollowsParentsAndEndsAtGaps) {
  TableMetadata metadata;
  const auto add = [&](std::int64_t id, std::optional<SnapshotId> parent) {
    metadata.snapshots.push_back({.id = SnapshotId(id), .parent_id = parent});
  };
  add(2, SnapshotId(1));  // 1 has expired
  add(3, SnapshotId(2));
  add(4, SnapshotId(2));
  add(8, SnapshotId(9));  // a ring
  add(9, SnapshotId(8));
  const auto ancestor = [&](std::int64_t a, std::int64_t d) {
    return is_ancestor(metadata, SnapshotId(a), SnapshotId(d));
  };
  EXPECT_TRUE(ancestor(3, 3));
  EXPECT_TRUE(ancestor(2, 3));
  EXPECT_TRUE(ancestor(1, 3));
  EXPECT_FALSE(ancestor(3, 4));
  EXPECT_FALSE(ancestor(3, 2));
  EXPECT_FALSE(ancestor(0, 3));
  EXPECT_FALSE(ancestor(3, 9));
  EXPECT_TRUE(ancestor(9, 8));
}

// --- Broken metadata, by its fault --------------------------------------------------------------------

struct Fault {
  const char* name;
  const char* patch;  // RFC 7386 merge patch, onto the orders table or the minimal version 1 table
  const char* pointer;
  ErrorKind kind = ErrorKind::kInvalidData;
};

void PrintTo(const Fault& fault, std::ostream* out) {
  *out << fault.name;
}

std::string fault_name(const ::testing::TestParamInfo<Fault>& info) {
  return info.param.name;
}

class BrokenV2 : public ::testing::TestWithParam<Fault> {};
class BrokenV1 : public ::testing::TestWithParam<Fault> {};

void expect_refused(const std::string& whole, const Fault& fault) {
  auto members = json::parse(whole);
  members.merge_patch(json::parse(fault.patch));
  const auto metadata = parse_table_metadata(members.dump());
  ASSERT_FALSE(metadata) << fault.patch;
  EXPECT_EQ(metadata.error().kind, fault.kind) << metadata.error().message;
  EXPECT_THAT(metadata.error().message, HasSubstr(fault.pointer)) << fault.patch;
}

TEST_P(BrokenV2, IsRefusedAtItsPlace) {
  expect_refused(golden_file("orders/metadata/v4.metadata.json"), GetParam());
}

TEST_P(BrokenV1, IsRefusedAtItsPlace) {
  expect_refused(kV1Minimal, GetParam());
}

INSTANTIATE_TEST_SUITE_P(
    Faults, BrokenV2,
    ::testing::Values(
        Fault{"UnsupportedVersion", R"({"format-version": 3})", "version", ErrorKind::kUnsupported},
        Fault{"VersionZero", R"({"format-version": 0})", "/format-version"},
        Fault{"MissingVersion", R"({"format-version": null})", "/format-version"},
        Fault{"VersionAsText", R"({"format-version": "2"})", "/format-version"},
        Fault{"MissingUuid", R"({"table-uuid": null})", "/table-uuid"},
        Fault{"BadUuid", R"({"table-uuid": "9c12d441"})", "/table-uuid"},
        Fault{"MissingLocation", R"({"location": null})", "/location"},
        Fault{"MissingLastSequenceNumber", R"({"last-sequence-number": null})", "/last-sequence-number"},
        Fault{"MissingLastUpdated", R"({"last-updated-ms": null})", "/last-updated-ms"},
        Fault{"MissingLastColumnId", R"({"last-column-id": null})", "/last-column-id"},
        Fault{"LastColumnIdBelowASchemas", R"({"last-column-id": 29})", "/last-column-id"},
        Fault{"LastColumnIdTooLarge", R"({"last-column-id": 2147483648})", "/last-column-id"},
        Fault{"MissingSchemas", R"({"schemas": null})", "/schemas"},
        Fault{"SchemasAreNoArray", R"({"schemas": {}})", "/schemas"},
        Fault{"NoSchemas", R"({"schemas": []})", "/current-schema-id"},
        Fault{"MissingCurrentSchemaId", R"({"current-schema-id": null})", "/current-schema-id"},
        Fault{"CurrentSchemaNotFound", R"({"current-schema-id": 5})", "/current-schema-id"},
        Fault{
            "SchemaIdTwice",
            R"({"schemas": [{"type": "struct", "schema-id": 0, "fields": []}, {"type": "struct", "schema-id": 0, "fields": []}]})",
            "/schemas/1"},
        Fault{"MissingPartitionSpecs", R"({"partition-specs": null})", "/partition-specs"},
        Fault{"MissingDefaultSpecId", R"({"default-spec-id": null})", "/default-spec-id"},
        Fault{"DefaultSpecNotFound", R"({"default-spec-id": 3})", "/default-spec-id"},
        Fault{"SpecWithoutFields", R"({"partition-specs": [{"spec-id": 0}]})", "/partition-specs/0/fields"},
        Fault{
            "PartitionFieldWithoutSource",
            R"({"partition-specs": [{"spec-id": 0, "fields": [{"name": "d", "transform": "day", "field-id": 1000}]}]})",
            "/partition-specs/0/fields/0/source-id"},
        Fault{
            "PartitionFieldIdTwice",
            R"({"partition-specs": [{"spec-id": 0, "fields": [{"name": "a", "transform": "day", "source-id": 4, "field-id": 1000}, {"name": "b", "transform": "hour", "source-id": 4, "field-id": 1000}]}]})",
            "/partition-specs/0/fields/1"},
        Fault{"MissingLastPartitionId", R"({"last-partition-id": null})", "/last-partition-id"},
        Fault{"MissingSortOrders", R"({"sort-orders": null})", "/sort-orders"},
        Fault{"MissingDefaultSortOrderId", R"({"default-sort-order-id": null})", "/default-sort-order-id"},
        Fault{"DefaultSortOrderNotFound", R"({"default-sort-order-id": 1})", "/default-sort-order-id"},
        Fault{
            "SortDirectionUnknown",
            R"({"sort-orders": [{"order-id": 0, "fields": [{"transform": "identity", "source-id": 1, "direction": "up", "null-order": "nulls-first"}]}]})",
            "/sort-orders/0/fields/0/direction"},
        Fault{
            "NullOrderUnknown",
            R"({"sort-orders": [{"order-id": 0, "fields": [{"transform": "identity", "source-id": 1, "direction": "asc", "null-order": "nulls"}]}]})",
            "/sort-orders/0/fields/0/null-order"},
        Fault{"PropertyIsNoText", R"({"properties": {"a/b~c": 1}})", "/properties/a~1b~0c"},
        Fault{"CurrentSnapshotNotFound", R"({"current-snapshot-id": 12, "refs": null})",
              "/current-snapshot-id"},
        Fault{"CurrentSnapshotIsNotMain", R"({"current-snapshot-id": 5091291210579574989})", "/refs/main"},
        Fault{"MainWithoutCurrentSnapshot", R"({"current-snapshot-id": -1})", "/refs/main"},
        Fault{"MainIsATag", R"({"refs": {"main": {"type": "tag"}}})", "/refs/main"},
        Fault{"RefKindUnknown", R"({"refs": {"first": {"type": "twig"}}})", "/refs/first/type"},
        Fault{"RefToNoSnapshot", R"({"refs": {"first": {"snapshot-id": 1}}})", "/refs/first"},
        Fault{"SnapshotWithoutId", R"({"snapshots": [{}]})", "/snapshots/0/snapshot-id"},
        Fault{"SnapshotWithoutManifestList", R"({"snapshots": [{"snapshot-id": 1, "timestamp-ms": 1}]})",
              "/snapshots/0/manifest-list"},
        Fault{
            "SnapshotOperationUnknown",
            R"({"snapshots": [{"snapshot-id": 1, "timestamp-ms": 1, "manifest-list": "x", "summary": {"operation": "melt"}}]})",
            "/snapshots/0/summary"},
        Fault{"SequenceNumberAboveLast", R"({"last-sequence-number": 1})", "/snapshots/1/sequence-number"},
        Fault{
            "SequenceNumberNegative",
            R"({"snapshots": [{"snapshot-id": 1, "sequence-number": -1, "timestamp-ms": 1, "manifest-list": "x"}]})",
            "/snapshots/0/sequence-number"},
        Fault{
            "PartitionFieldIdZero",
            R"({"partition-specs": [{"spec-id": 0, "fields": [{"name": "d", "transform": "day", "source-id": 4, "field-id": 0}]}]})",
            "/partition-specs/0/fields/0"},
        Fault{
            "SnapshotLogOutOfOrder",
            R"({"snapshot-log": [{"timestamp-ms": 100000, "snapshot-id": 1}, {"timestamp-ms": 39999, "snapshot-id": 2}]})",
            "/snapshot-log/1"},
        Fault{
            "MetadataLogOutOfOrder",
            R"({"metadata-log": [{"timestamp-ms": 100000, "metadata-file": "a"}, {"timestamp-ms": 39999, "metadata-file": "b"}]})",
            "/metadata-log/1"},
        Fault{"UpdatedBeforeItsLog", R"({"last-updated-ms": 1795527200000})", "/last-updated-ms"},
        Fault{"TimeOutOfRange", R"({"last-updated-ms": 9223372036854775807})", "/last-updated-ms"}),
    fault_name);

INSTANTIATE_TEST_SUITE_P(
    Faults, BrokenV1,
    ::testing::Values(
        Fault{"MissingSchema", R"({"schema": null})", "/schema"},
        Fault{"MissingSchemaType", R"({"schema": {"type": null}})", "/schema/type"},
        Fault{"SchemaIsNoStruct", R"({"schema": {"type": "list"}})", "/schema/type"},
        Fault{"MissingPartitionSpec", R"({"partition-spec": null})", "/partition-spec"},
        Fault{"SchemasWithoutCurrent", R"({"schemas": []})", "/current-schema-id"},
        Fault{
            "SequenceNumber",
            R"({"snapshots": [{"snapshot-id": 7, "sequence-number": 1, "timestamp-ms": 9, "manifest-list": "x"}]})",
            "/snapshots/0/sequence-number"}),
    fault_name);

TEST(BrokenText, IsRefused) {
  for (const char* text : {"", "{", "[]", "null", "{\"format-version\": 2}}", "\xff"}) {
    const auto metadata = parse_table_metadata(text);
    ASSERT_FALSE(metadata) << text;
    EXPECT_EQ(metadata.error().kind, ErrorKind::kInvalidData) << text;
  }
}

TEST(GoldenFormatV3, IsRefusedByItsVersion) {
  const auto metadata = parse_table_metadata(golden_file("format-v3/metadata/v2.metadata.json"));
  ASSERT_FALSE(metadata);
  EXPECT_EQ(metadata.error().kind, ErrorKind::kUnsupported);
  EXPECT_THAT(metadata.error().message, AllOf(HasSubstr("version 3"), HasSubstr("format-version 2")));
}

// Two clocks may differ by a minute.
TEST(ClockSkew, OfAMinuteIsTolerated) {
  auto members = json::parse(golden_file("orders/metadata/v4.metadata.json"));
  members["last-updated-ms"] = 1795527274428 - 60'000;
  parsed(members.dump());
}

}  // namespace
}  // namespace calve::iceberg
