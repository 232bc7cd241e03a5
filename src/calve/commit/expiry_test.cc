#include "calve/commit/expiry.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include "calve/commit/expiry_journal.h"
#include "calve/commit/position.h"

namespace calve::commit {
namespace {

using iceberg::RefKind;
using iceberg::SequenceNumber;
using iceberg::TableMetadata;

const Timestamp kStart = timestamp_from_micros(1'790'000'000'000'000);

// Snapshots 1 to n, a second apart, each the child of the one before. Now is the time of the last.
TableMetadata line_of(int count) {
  TableMetadata table;
  for (int i = 1; i <= count; ++i) {
    table.snapshots.push_back({.id = SnapshotId(i),
                               .parent_id = i > 1 ? std::optional(SnapshotId(i - 1)) : std::nullopt,
                               .sequence_number = SequenceNumber(i),
                               .timestamp = kStart + Milliseconds(1'000 * i)});
  }
  table.current_snapshot_id = SnapshotId(count);
  table.refs["main"] = {.snapshot_id = SnapshotId(count)};
  return table;
}

std::string expired_of(const TableMetadata& table, const ExpiryPolicy& policy, int now_s) {
  std::vector<std::int64_t> ids;
  for (const SnapshotId id : expired_snapshots(table, policy, kStart + Milliseconds(1'000 * now_s)))
    ids.push_back(id.value());
  return fmt::format("{}", fmt::join(ids, " "));
}

ExpiryPolicy keep(int seconds, int count) {
  return {.max_snapshot_age = Milliseconds(1'000 * seconds), .min_snapshots_to_keep = count};
}

TEST(ExpiredSnapshotsTest, AgeAndNumberBothKeep) {
  const TableMetadata table = line_of(6);
  EXPECT_EQ(expired_of(table, keep(3, 1), 6), "1 2");
  EXPECT_EQ(expired_of(table, keep(3, 5), 6), "1");
  EXPECT_EQ(expired_of(table, keep(3, 6), 6), "");
  EXPECT_EQ(expired_of(table, keep(0, 1), 6), "1 2 3 4 5");
  EXPECT_EQ(expired_of(table, keep(0, 1), 1'000), "1 2 3 4 5") << "the current one stays, however old";
  EXPECT_EQ(expired_of({}, keep(0, 1), 0), "");
}

TEST(ExpiredSnapshotsTest, RefsKeepWhatTheyLeadTo) {
  TableMetadata table = line_of(6);
  table.refs["audit"] = {.snapshot_id = SnapshotId(2), .kind = RefKind::kTag};
  EXPECT_EQ(expired_of(table, keep(0, 1), 6), "1 3 4 5");
  table.refs["audit"].kind = RefKind::kBranch;
  EXPECT_EQ(expired_of(table, keep(0, 1), 6), "1 3 4 5");
  table.refs["audit"].min_snapshots_to_keep = 2;
  EXPECT_EQ(expired_of(table, keep(0, 1), 6), "3 4 5");
  table.refs["main"].max_snapshot_age_ms = 1'000;
  EXPECT_EQ(expired_of(table, keep(0, 1), 6), "3 4");
}

TEST(ExpiredSnapshotsTest, RolledBackOnesGoByAge) {
  TableMetadata table = line_of(6);
  table.current_snapshot_id = SnapshotId(3);
  table.refs["main"].snapshot_id = SnapshotId(3);
  EXPECT_EQ(expired_of(table, keep(1, 10), 6), "4");
}

TEST(ExpiredSnapshotsTest, NothingGoesWhileAPositionRestsOnLedgers) {
  TableMetadata table = line_of(6);
  table.properties[position_property_name("orders")] =
      position_property({}, SnapshotId(6), SequenceNumber(6));
  EXPECT_EQ(expired_of(table, keep(0, 1), 6), "1 2 3 4 5");
  table.current_snapshot_id = SnapshotId(3);
  table.refs["main"].snapshot_id = SnapshotId(3);
  EXPECT_EQ(expired_of(table, keep(0, 1), 6), "");
}

TEST(ExpiredSnapshotsTest, NothingGoesIfTheTableForbidsIt) {
  TableMetadata table = line_of(6);
  table.properties["gc.enabled"] = "false";
  EXPECT_EQ(expired_of(table, keep(0, 1), 6), "");
}

TEST(ExpiredSnapshotsTest, OneBatchIsBounded) {
  const TableMetadata table = line_of(static_cast<int>(kExpiryBatchMax) + 10);
  EXPECT_EQ(expired_snapshots(table, keep(0, 1), kStart + Milliseconds(10'000'000)).size(), kExpiryBatchMax);
}

TEST(ExpiryPolicyTest, IsIcebergsUntilTheTableSaysOtherwise) {
  EXPECT_EQ(expiry_policy({}), ExpiryPolicy{});
  const ExpiryPolicy ours = expiry_policy({.properties = upkeep_properties()});
  EXPECT_EQ(ours.expiring, Expiring::kByItself);
  EXPECT_EQ(ours.max_snapshot_age, Milliseconds(600'000));
  EXPECT_EQ(ours.min_snapshots_to_keep, 100);
  EXPECT_EQ(
      expiry_policy({.properties = {{"calve.expire.enabled", "true"}, {"gc.enabled", "false"}}}).expiring,
      Expiring::kOnRequest);
}

TEST(ExpiryJournalTest, ReadsWhatItWrote) {
  const ExpiryJournal journal{
      .snapshots = {SnapshotId(1), SnapshotId(9'007'199'254'740'993)},
      .files = {.manifest_lists = {"a"}, .manifests = {"b", "c"}, .data_files = {"d \"e\""}}};
  EXPECT_EQ(parse_expiry_journal(serialize_expiry_journal(journal), "path").value(), journal);
  EXPECT_EQ(parse_expiry_journal(serialize_expiry_journal({}), "path").value(), ExpiryJournal{});
  for (const char* text :
       {"", "{}", "[]", R"({"snapshots":["1"],"manifest-lists":[],"manifests":[],"data-files":[]})",
        R"({"snapshots":[1],"manifest-lists":[],"manifests":[],"data-files":[1]})"}) {
    const auto parsed = parse_expiry_journal(text, "the-path");
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().kind, ErrorKind::kInvalidData) << text;
    EXPECT_NE(parsed.error().message.find("the-path"), std::string::npos) << text;
  }
}

TEST(ExpiryJournalTest, ItsNameSaysWhen) {
  EXPECT_EQ(expired_at(expiry_journal_path("s3://b/t", kStart, random_uuid())), kStart);
  for (const char* other :
       {"s3://b/t/metadata/calve-journal-1.json", "s3://b/t/metadata/calve-expired-1.json",
        "s3://b/t/metadata/calve-expired-17900000x0000-1.json"}) {
    EXPECT_EQ(expired_at(other), std::nullopt) << other;
  }
}

}  // namespace
}  // namespace calve::commit
