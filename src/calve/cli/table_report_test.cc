#include "calve/cli/table_report.h"

#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "calve/iceberg/table_metadata.h"

namespace calve::cli {
namespace {

using testing::ElementsAre;
using testing::Field;

constexpr Timestamp kNoon = timestamp_from_micros(1'795'521'600'123'000);  // 2026-11-24T12:00:00.123Z

template <class Report>
std::string screen(const Report& report) {
  std::ostringstream out;
  print(out, report);
  return out.str();
}

SnapshotReport calves_snapshot() {
  return {.id = SnapshotId(42),
          .parent_id = SnapshotId(41),
          .sequence_number = 2,
          .committed_at = kNoon,
          .operation = "append",
          .added_records = 1'000,
          .total_records = 2'000,
          .total_files = 3,
          .total_bytes = 1'572'864,
          .freshness_ms = 1'250};
}

TableReport small_table() {
  return {.name = "analytics.orders",
          .location = "s3://lake/analytics/orders",
          .metadata_location = "s3://lake/analytics/orders/metadata/v3.metadata.json",
          .format_version = 2,
          .snapshots = 2,
          .current = calves_snapshot(),
          .columns = {{FieldId(1), "order_id", "uuid", true}, {FieldId(16), "coupon", "string", false}},
          .partitioned_by = {"day(created_at)"},
          .sorted_by = {"created_at", "total descending"},
          .pipeline = "orders",
          .position = {{PartitionId(0), Offset(1'000)}, {PartitionId(1), Offset(980)}}};
}

TEST(TableReportScreenTest, Table) {
  EXPECT_EQ(screen(small_table()),
            "analytics.orders\n"
            "  location       s3://lake/analytics/orders\n"
            "  metadata       s3://lake/analytics/orders/metadata/v3.metadata.json\n"
            "  format version 2\n"
            "  snapshot       42, append at 2026-11-24 12:00:00.123Z\n"
            "  rows           2,000\n"
            "  files          3, 1.5 MiB\n"
            "  snapshots      2\n"
            "  partitioned by day(created_at)\n"
            "  sorted by      created_at, total descending\n"
            "  pipeline       orders\n"
            "  resumes at     partition 0 at 1,000, 1 at 980\n"
            "\n"
            "id  column    type\n"
            "--  --------  ------  --------\n"
            " 1  order_id  uuid    required\n"
            "16  coupon    string\n");
}

TEST(TableReportScreenTest, EmptyTable) {
  TableReport report = small_table();
  report.current.reset();
  report.snapshots = 0;
  report.partitioned_by.clear();
  report.sorted_by.clear();
  report.position.clear();
  const std::string shown = screen(report);
  EXPECT_THAT(shown, testing::HasSubstr("  snapshot       none: the table is empty\n  snapshots      0\n"));
  EXPECT_THAT(shown, testing::HasSubstr("  partitioned by nothing\n  sorted by      nothing\n"));
  EXPECT_THAT(shown, testing::HasSubstr("  resumes at     nothing committed yet\n"));
}

TEST(TableReportScreenTest, ManyPartitionsAreCounted) {
  TableReport report = small_table();
  for (int partition = 0; partition < 70; ++partition)
    report.position[PartitionId(partition)] = Offset(7);
  EXPECT_THAT(screen(report), testing::HasSubstr(", 7 at 7, and 62 more\n"));
}

TEST(TableReportScreenTest, Snapshots) {
  const SnapshotReport foreign = {
      .id = SnapshotId(41), .sequence_number = 1, .committed_at = kNoon, .operation = "overwrite"};
  EXPECT_EQ(screen(std::vector{calves_snapshot(), foreign}),
            "committed                 snapshot  operation  added rows   rows  files  freshness\n"
            "------------------------  --------  ---------  ----------  -----  -----  ---------\n"
            "2026-11-24 12:00:00.123Z  42        append          1,000  2,000      3      1.2 s\n"
            "2026-11-24 12:00:00.123Z  41        overwrite           -      -      -          -\n");
}

TEST(TableReportScreenTest, FilesKeepTheirPathsWholeAndHarmless) {
  const std::string path = "s3://lake/" + std::string(80, 'x') + "\x1b.parquet";
  EXPECT_EQ(screen(std::vector<FileReport>{{"created_at_day=2026-11-24", 9'931, 643'000, path}}),
            "partition                        rows        size  path\n"
            "-------------------------  ----------  ----------  ----\n"
            "created_at_day=2026-11-24       9,931   627.9 KiB  s3://lake/" +
                std::string(80, 'x') + "\\x1b.parquet\n");
}

TEST(TableReportJsonTest, NamesEveryFactAndWritesWhatIsUnknownAsNull) {
  EXPECT_EQ(
      to_json(small_table()).dump(),
      R"({"table":"analytics.orders","location":"s3://lake/analytics/orders",)"
      R"("metadata_location":"s3://lake/analytics/orders/metadata/v3.metadata.json","format_version":2,)"
      R"("snapshots":2,"current_snapshot":{"snapshot_id":42,"parent_id":41,"sequence_number":2,)"
      R"("committed_at":"2026-11-24T12:00:00.123000Z","operation":"append","added_records":1000,)"
      R"("total_records":2000,"total_files":3,"total_bytes":1572864,"freshness_ms":1250},)"
      R"("columns":[{"id":1,"name":"order_id","type":"uuid","required":true},)"
      R"({"id":16,"name":"coupon","type":"string","required":false}],)"
      R"j("partitioned_by":["day(created_at)"],"sorted_by":["created_at","total descending"],)j"
      R"("pipeline":"orders","position":{"0":1000,"1":980}})");
  EXPECT_EQ(
      to_json(SnapshotReport{.id = SnapshotId(1), .operation = "append"}).dump(),
      R"({"snapshot_id":1,"parent_id":null,"sequence_number":0,"committed_at":"1970-01-01T00:00:00.000000Z",)"
      R"("operation":"append","added_records":null,"total_records":null,"total_files":null,)"
      R"("total_bytes":null,"freshness_ms":null})");
  EXPECT_EQ(to_json(FileReport{"d=1", 2, 3, "/f"}).dump(),
            R"({"partition":"d=1","records":2,"size_bytes":3,"path":"/f"})");
}

// --- From metadata -----------------------------------------------------------------------------------

iceberg::NestedField field(int id, std::string name, iceberg::Type type) {
  return {.id = FieldId(id), .name = std::move(name), .type = std::move(type)};
}

catalog::LoadedTable empty_table() {
  const iceberg::StructType item{{field(3, "sku", iceberg::PrimitiveKind::kString),
                                  field(4, "price", iceberg::DecimalType{.precision = 12, .scale = 2})}};
  const iceberg::MapType tags{.key_id = FieldId(6),
                              .key = iceberg::PrimitiveKind::kString,
                              .value_id = FieldId(7),
                              .value = iceberg::PrimitiveKind::kLong};
  iceberg::NewTable table{
      .location = "/w/a/orders",
      .schema = {.fields = {{.id = FieldId(1),
                             .name = "at",
                             .type = iceberg::PrimitiveKind::kTimestamptz,
                             .presence = iceberg::Presence::kRequired},
                            field(2, "items", iceberg::ListType{.element_id = FieldId(8), .element = item}),
                            field(5, "tags", tags)}},
      .spec = {.fields = {{.source_id = FieldId(1),
                           .field_id = FieldId(1'000),
                           .name = "at_day",
                           .transform = iceberg::SimpleTransform::kDay}}},
      .sort_order = {.id = iceberg::SortOrderId(1),
                     .fields = {{.source_id = FieldId(1),
                                 .transform = iceberg::SimpleTransform::kIdentity,
                                 .direction = iceberg::SortDirection::kDescending}}},
      .created_at = kNoon};
  return {.metadata = iceberg::make_table_metadata(table),
          .metadata_location = "/w/a/orders/metadata/v1.metadata.json"};
}

TEST(TableReportTest, TellsTypesAndOrdersInWords) {
  const auto report = report_table({{"a"}, "orders"}, empty_table(), "orders");
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->name, "a.orders");
  EXPECT_THAT(report->columns,
              ElementsAre(ColumnReport{FieldId(1), "at", "timestamptz", true},
                          ColumnReport{FieldId(2), "items",
                                       "list<struct<sku: string, price: decimal(12, 2)>>", false},
                          ColumnReport{FieldId(5), "tags", "map<string, long>", false}));
  EXPECT_THAT(report->partitioned_by, ElementsAre("day(at)"));
  EXPECT_THAT(report->sorted_by, ElementsAre("at descending"));
  EXPECT_FALSE(report->current);
  EXPECT_TRUE(report->position.empty());
}

TEST(TableReportTest, NewestSnapshotComesFirstAndOddSummariesAreUnknown) {
  catalog::LoadedTable loaded = empty_table();
  loaded.metadata.snapshots = {
      {.id = SnapshotId(1),
       .sequence_number = iceberg::SequenceNumber(1),
       .timestamp = kNoon,
       .summary = {{"added-records", "10"}, {"total-records", "10 rows"}, {"total-data-files", ""}}},
      {.id = SnapshotId(2), .sequence_number = iceberg::SequenceNumber(2), .timestamp = kNoon}};
  const auto reports = report_snapshots(loaded.metadata);
  ASSERT_THAT(reports, ElementsAre(Field(&SnapshotReport::id, SnapshotId(2)),
                                   Field(&SnapshotReport::id, SnapshotId(1))));
  EXPECT_EQ(reports[1].added_records, 10);
  EXPECT_EQ(reports[1].total_records, std::nullopt);
  EXPECT_EQ(reports[1].total_files, std::nullopt);
}

TEST(TableReportTest, FilesAreInTheOrderOfPartitionAndPath) {
  const auto table = empty_table().metadata;
  const auto file = [&](const char* path, int day) {
    return iceberg::DataFile{.file_path = path,
                             .spec_id = table.default_spec_id,
                             .partition = {iceberg::Literal(std::int32_t{day})},
                             .record_count = 1,
                             .file_size_in_bytes = 2};
  };
  const auto reports = report_files(table, {file("/c", 1), file("/b", 0), file("/a", 1)});
  ASSERT_TRUE(reports) << reports.error().message;
  EXPECT_THAT(*reports, ElementsAre(FileReport{"at_day=1970-01-01", 1, 2, "/b"},
                                    FileReport{"at_day=1970-01-02", 1, 2, "/a"},
                                    FileReport{"at_day=1970-01-02", 1, 2, "/c"}));

  iceberg::DataFile stranger = file("/x", 0);
  stranger.spec_id = iceberg::SpecId(99);
  const auto refused = report_files(table, {stranger});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::kInvalidData);
}

}  // namespace
}  // namespace calve::cli
