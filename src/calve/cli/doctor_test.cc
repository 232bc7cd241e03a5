#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "calve/base/uuid.h"
#include "calve/catalog/hadoop_catalog.h"
#include "calve/cli/clock_check.h"
#include "calve/cli/doctor_checks.h"
#include "calve/commit/position.h"
#include "calve/contract/reject_columns.h"
#include "calve/source/file_log_source.h"
#include "calve/storage/memory_store.h"

namespace calve::cli {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

constexpr const char* kWarehouse = "memory://warehouse";
const catalog::TableIdentifier kTable{{"analytics"}, "rejects"};

// As S3 emulators that do not know "If-None-Match: *".
class OverwritingStore final : public storage::MemoryStore {
 public:
  Result<void> create(const std::string& path, std::string_view bytes) override { return write(path, bytes); }
};

class DeafStore final : public storage::MemoryStore {
 public:
  Result<std::vector<storage::ObjectInfo>> list(const std::string&) override {
    return fail(ErrorKind::kUnreachable, "no answer");
  }
};

TEST(DoctorTest, FindsAStoreThatLetsEveryWriterWin) {
  OverwritingStore store;
  const Finding found = check_one_winner(store, kWarehouse);
  EXPECT_EQ(found.standing, Standing::kFail);
  EXPECT_EQ(found.error_kind, ErrorKind::kConfig);
  EXPECT_THAT(found.cause, HasSubstr("create-if-absent"));
}

TEST(DoctorTest, AnHonestStorePassesAndIsLeftAsItWas) {
  storage::MemoryStore store;
  EXPECT_EQ(check_one_winner(store, kWarehouse).standing, Standing::kPass);
  EXPECT_TRUE(store.list("memory://")->empty());
}

TEST(DoctorTest, AWarehouseThatDoesNotAnswerFails) {
  DeafStore store;
  EXPECT_EQ(check_warehouse(store, kWarehouse).error_kind, ErrorKind::kUnreachable);
}

TEST(DoctorTest, TheFirstFailureDecides) {
  const std::vector<Finding> findings = {passed("a", ""), warned("b", "", ""),
                                         failed("c", {ErrorKind::kAccessDenied, ""}),
                                         failed("d", {ErrorKind::kConfig, ""})};
  ASSERT_NE(first_failure(findings), nullptr);
  EXPECT_EQ(first_failure(findings)->check, "c");
  EXPECT_EQ(first_failure({passed("a", ""), warned("b", "", ""), skipped("c", "")}), nullptr);
}

// --- Tables ------------------------------------------------------------------------------------

iceberg::TableMetadata table_with(iceberg::Schema schema) {
  return iceberg::make_table_metadata({.uuid = random_uuid(),
                                       .location = "memory://warehouse/analytics/rejects",
                                       .schema = std::move(schema)});
}

Finding check(const Result<iceberg::TableMetadata>& metadata,
              const iceberg::Schema& wanted = contract::rejects_schema()) {
  Result<catalog::LoadedTable> table = fail(ErrorKind::kInternal, "unset");
  if (metadata) {
    table = catalog::LoadedTable{.metadata = *metadata};
  } else {
    table = std::unexpected(metadata.error());
  }
  return check_table(table, {.identifier = kTable, .wanted = wanted});
}

TEST(DoctorTest, ATableThatFitsPasses) {
  EXPECT_EQ(check(table_with(contract::rejects_schema())).standing, Standing::kPass);
}

TEST(DoctorTest, ATableThatIsNotThereYetPasses) {
  EXPECT_EQ(check(fail(ErrorKind::kNotFound, "none")).standing, Standing::kPass);
}

TEST(DoctorTest, DamagedMetadataFailsByItsKind) {
  EXPECT_EQ(check(fail(ErrorKind::kInvalidData, "/schemas")).error_kind, ErrorKind::kInvalidData);
}

TEST(DoctorTest, ANewOptionalFieldIsNamedAndNotAdded) {
  iceberg::Schema wanted = contract::rejects_schema();
  wanted.fields.push_back({.id = iceberg::highest_field_id(wanted).plus(1),
                           .name = "region",
                           .type = iceberg::PrimitiveKind::kString});
  const Finding found = check(table_with(contract::rejects_schema()), wanted);
  EXPECT_EQ(found.standing, Standing::kWarn);
  EXPECT_THAT(found.cause, HasSubstr("region"));
}

TEST(DoctorTest, AFieldOfAnotherTypeFails) {
  iceberg::Schema other = contract::rejects_schema();
  for (iceberg::NestedField& field : other.fields) {
    if (field.name == "source_offset") field.type = iceberg::PrimitiveKind::kString;
  }
  const Finding found = check(table_with(other));
  EXPECT_EQ(found.error_kind, ErrorKind::kConfig);
  EXPECT_THAT(found.cause, HasSubstr("source_offset"));
}

// --- Positions ---------------------------------------------------------------------------------

// A file log of one partition with three lines, [0, 6).
class PositionTest : public testing::Test {
 protected:
  void SetUp() override {
    fs::create_directories(root_ / "t");
    std::ofstream(root_ / "t/0.ndjson") << "a\nb\nc\n";
    source_ = source::open_file_log({.root = root_, .topic = "t"}).value();
    state_ = look_at(*source_, {}).value();
  }
  void TearDown() override { fs::remove_all(root_); }

  Finding check_at(std::map<PartitionId, Offset> next, batch::LogIdentity identity) {
    iceberg::TableMetadata table = table_with(contract::rejects_schema());
    table.snapshots.push_back({.id = SnapshotId(1), .sequence_number = iceberg::SequenceNumber(1)});
    table.current_snapshot_id = SnapshotId(1);
    table.properties[commit::position_property_name("orders")] = commit::position_property(
        {.source = std::move(identity), .next = std::move(next)}, SnapshotId(1), iceberg::SequenceNumber(1));
    return check_position(*source_, state_, table, "orders");
  }
  Finding check_at(std::map<PartitionId, Offset> next) {
    return check_at(std::move(next), source_->identity());
  }

  fs::path root_ = fs::temp_directory_path() / ("calve-doctor-" + to_string(random_uuid()));
  std::unique_ptr<source::Source> source_;
  SourceState state_;
};

TEST_F(PositionTest, WithinTheLogPassesAndSaysHowFarBehind) {
  const Finding found = check_at({{PartitionId(0), Offset(2)}});
  EXPECT_EQ(found.standing, Standing::kPass) << found.cause;
  EXPECT_THAT(found.cause, HasSubstr("4 offsets behind"));
}

TEST_F(PositionTest, BeyondTheLogIsAGap) {
  EXPECT_EQ(check_at({{PartitionId(0), Offset(100)}}).error_kind, ErrorKind::kSourceGap);
}

TEST_F(PositionTest, AMissingPartitionIsAGap) {
  EXPECT_EQ(check_at({{PartitionId(7), Offset(1)}}).error_kind, ErrorKind::kSourceGap);
}

TEST_F(PositionTest, AnotherLogOfThatNameFails) {
  batch::LogIdentity other = source_->identity();
  other.topic_id = to_string(random_uuid());
  EXPECT_EQ(check_at({{PartitionId(0), Offset(2)}}, other).error_kind, ErrorKind::kConfig);
}

TEST_F(PositionTest, ATableWithoutAPositionPasses) {
  EXPECT_EQ(check_position(*source_, state_, table_with(contract::rejects_schema()), "orders").standing,
            Standing::kPass);
}

TEST_F(PositionTest, SourceIsCounted) {
  EXPECT_THAT(check_source("t", state_).cause, HasSubstr("1 partitions"));
  EXPECT_EQ(check_source("t", SourceState{}).standing, Standing::kWarn);
  EXPECT_EQ(check_source("t", fail(ErrorKind::kUnreachable, "")).error_kind, ErrorKind::kUnreachable);
}

// --- Clock -------------------------------------------------------------------------------------

TEST(ClockTest, ReadsTheDateOfHttp) {
  EXPECT_EQ(parse_http_date("Thu, 01 Jan 1970 00:01:00 GMT"), timestamp_from_micros(60'000'000));
  EXPECT_EQ(parse_http_date("Tue, 24 Nov 2026 13:02:07 GMT"), timestamp_from_micros(1'795'525'327'000'000));
  for (const char* text : {"", "Tue, 24 Nov 2026", "Tue, 24 Nov 2026 13:02:07 CET", "2026-11-24T13:02:07Z",
                           "Tue, 24 Nov 2026 13:02:07 GMT "}) {
    EXPECT_FALSE(parse_http_date(text)) << text;
  }
}

TEST(ClockTest, JudgesSkew) {
  const Timestamp now = timestamp_from_micros(1'790'000'000'000'000);
  struct Case {
    std::int64_t server_ahead_s;
    Standing standing;
  };
  for (const Case& c :
       {Case{0, Standing::kPass}, Case{-29, Standing::kPass}, Case{31, Standing::kWarn},
        Case{-899, Standing::kWarn}, Case{901, Standing::kFail}, Case{-901, Standing::kFail}}) {
    EXPECT_EQ(check_clock({.server = now + std::chrono::seconds(c.server_ahead_s)}, now).standing, c.standing)
        << c.server_ahead_s;
  }
  EXPECT_EQ(check_clock({.last_writes = {now - std::chrono::hours(1)}}, now).standing, Standing::kPass);
  EXPECT_EQ(check_clock({.last_writes = {now + std::chrono::hours(1)}}, now).standing, Standing::kWarn);
}

}  // namespace
}  // namespace calve::cli
