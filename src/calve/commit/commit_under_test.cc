#include "calve/commit/commit_under_test.h"

#include <algorithm>
#include <set>
#include <utility>
#include <variant>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "calve/commit/expiry_journal.h"
#include "calve/commit/table_setup.h"
#include "calve/iceberg/manifest.h"

namespace calve::commit {
namespace {

iceberg::Schema one_column() {
  return {.fields = {{.id = FieldId(1),
                      .name = "n",
                      .type = iceberg::PrimitiveKind::kLong,
                      .presence = iceberg::Presence::kRequired}}};
}

std::vector<iceberg::ManifestFile> manifests_of(storage::ObjectStore& store,
                                                const iceberg::Snapshot& snapshot) {
  return iceberg::read_manifest_list(store.read(snapshot.manifest_list).value()).value();
}

std::vector<iceberg::ManifestEntry> live_entries(storage::ObjectStore& store,
                                                 const iceberg::Snapshot& snapshot) {
  std::vector<iceberg::ManifestEntry> live;
  for (const auto& file : manifests_of(store, snapshot)) {
    if (!store.stat(file.manifest_path)) continue;  // missing_objects() tells
    const auto manifest = iceberg::read_manifest(store.read(file.manifest_path).value()).value();
    for (const auto& entry : manifest.entries) {
      if (entry.status != iceberg::EntryStatus::kDeleted) live.push_back(entry);
    }
  }
  return live;
}

}  // namespace

WarehouseUnderTest::WarehouseUnderTest() {
  for (const auto& identifier : {kOrders, kRejects}) {
    const auto made = set_up_table(catalog, {.identifier = identifier, .schema = one_column()}, clock, {});
    EXPECT_TRUE(made) << made.error().message;
  }
}

Committer::Options WarehouseUnderTest::options() const {
  return {
      .pipeline = "orders",
      .source = kSource,
      .orders = kOrders,
      .rejects = kRejects,
      .table = {.retry = {.attempts_max = 6, .first_delay = Milliseconds(0), .delay_max = Milliseconds(1)}}};
}

std::unique_ptr<Committer> WarehouseUnderTest::resumed_committer() {
  auto committer = std::make_unique<Committer>(catalog, store, clock, options());
  const auto resumed = committer->resume();
  EXPECT_TRUE(resumed) << resumed.error().message;
  return committer;
}

EpochContents WarehouseUnderTest::fill(Epoch& epoch, const std::vector<TestRange>& ranges) {
  EpochContents contents;
  std::int64_t valid = 0;
  std::int64_t rejected = 0;
  for (const TestRange& range : ranges) {
    const std::int64_t events = range.to - range.from;
    contents.ranges.push_back({.partition = PartitionId(range.partition),
                               .from = Offset(range.from),
                               .to = Offset(range.to),
                               .valid = events - range.rejected,
                               .rejected = range.rejected});
    valid += events - range.rejected;
    rejected += range.rejected;
  }
  const auto write = [&](Target target, std::int64_t rows) {
    const auto path =
        epoch.next_data_file(target, contents.ranges.front().partition, contents.ranges.front().from);
    EXPECT_TRUE(path) << path.error().message;
    EXPECT_TRUE(store.write(*path, "rows"));
    return iceberg::DataFile{.file_path = *path, .record_count = rows, .file_size_in_bytes = 4};
  };
  if (valid > 0) contents.orders_files.push_back(write(Target::kOrders, valid));
  if (rejected > 0) contents.rejects_files.push_back(write(Target::kRejects, rejected));
  return contents;
}

Result<void> WarehouseUnderTest::commit(Committer& committer, const std::vector<TestRange>& ranges) {
  const auto epoch = committer.open_epoch();
  const EpochContents contents = fill(*epoch, ranges);
  return committer.commit(*epoch, contents, {});
}

void WarehouseUnderTest::change(const catalog::TableIdentifier& table,
                                std::vector<iceberg::TableUpdate> updates) {
  const auto base = catalog.load(table).value();
  const auto swapped = catalog.swap(table, base, {.updates = std::move(updates)});
  EXPECT_TRUE(std::holds_alternative<catalog::Applied>(swapped));
}

void WarehouseUnderTest::set_properties(const catalog::TableIdentifier& table,
                                        std::map<std::string, std::string> properties) {
  change(table, {iceberg::SetProperties{std::move(properties)}});
}

void WarehouseUnderTest::overwrite(const catalog::TableIdentifier& identifier, std::int64_t rows) {
  const auto table = catalog.load(identifier).value().metadata;
  const SnapshotId id(table.last_sequence_number.value() + 1);
  const auto number = table.last_sequence_number.plus(1);
  const std::string path = fmt::format("{}/data/foreign-{}.parquet", table.location, id);
  const std::string manifest_path = fmt::format("{}/metadata/foreign-{}-m.avro", table.location, id);
  const std::string list_path = fmt::format("{}/metadata/snap-foreign-{}.avro", table.location, id);
  const iceberg::Manifest manifest{
      .schema = current_schema(table),
      .spec = default_spec(table),
      .entries = {{.snapshot_id = id,
                   .data_file = {.file_path = path, .record_count = rows, .file_size_in_bytes = 4}}}};
  const std::string bytes = write_manifest(manifest, iceberg::AvroCodec::kDeflate).value();
  const auto entry =
      summarize(manifest, manifest_path, static_cast<std::int64_t>(bytes.size()), id, number).value();
  EXPECT_TRUE(memory.write(path, "rows"));
  EXPECT_TRUE(memory.write(manifest_path, bytes));
  EXPECT_TRUE(memory.write(list_path, write_manifest_list({.snapshot_id = id,
                                                           .parent_snapshot_id = table.current_snapshot_id,
                                                           .sequence_number = number},
                                                          {entry}, iceberg::AvroCodec::kDeflate)
                                          .value()));
  change(identifier, {iceberg::AddSnapshot{{.id = id,
                                            .parent_id = table.current_snapshot_id,
                                            .sequence_number = number,
                                            .timestamp = clock.now(),
                                            .operation = iceberg::Operation::kOverwrite,
                                            .manifest_list = list_path,
                                            .schema_id = table.current_schema_id}},
                      iceberg::SetSnapshotRef{iceberg::kMainBranch, {.snapshot_id = id}}});
}

iceberg::TableMetadata WarehouseUnderTest::orders() {
  return catalog.load(kOrders).value().metadata;
}
iceberg::TableMetadata WarehouseUnderTest::rejects() {
  return catalog.load(kRejects).value().metadata;
}

std::vector<std::string> WarehouseUnderTest::live_files(const iceberg::TableMetadata& table) {
  std::vector<std::string> paths;
  const iceberg::Snapshot* current = iceberg::current_snapshot(table);
  if (current == nullptr) return paths;
  for (const auto& entry : live_entries(memory, *current))
    paths.push_back(entry.data_file.file_path);
  return paths;
}

std::set<std::string> WarehouseUnderTest::referenced_objects() {
  std::set<std::string> known;
  for (const auto& table : {orders(), rejects()}) {
    for (const auto& snapshot : table.snapshots) {
      known.insert(snapshot.manifest_list);
      if (!memory.stat(snapshot.manifest_list)) continue;
      for (const auto& manifest : manifests_of(memory, snapshot))
        known.insert(manifest.manifest_path);
      for (const auto& entry : live_entries(memory, snapshot))
        known.insert(entry.data_file.file_path);
    }
  }
  return known;
}

std::vector<std::string> WarehouseUnderTest::missing_objects() {
  std::vector<std::string> missing;
  for (const std::string& path : referenced_objects()) {
    if (!memory.stat(path)) missing.push_back(path);
  }
  return missing;
}

std::vector<std::string> WarehouseUnderTest::stray_objects() {
  std::set<std::string> known = referenced_objects();
  for (const auto& table : {orders(), rejects()}) {
    const auto journals = read_journals(memory, table.location).value();
    for (const auto& open : journals) {
      known.insert(open.path);
      for (const EpochFiles& files : open.journal.tables) {
        for (const std::string& path : epoch_paths(files, open.journal.epoch))
          known.insert(path);
      }
    }
    const auto expired = list_expiry_journals(memory, table.location).value();
    for (const std::string& path : expired) {
      known.insert(path);
      const ExpiredFiles files = parse_expiry_journal(memory.read(path).value(), path).value().files;
      for (const auto* paths : {&files.manifest_lists, &files.manifests, &files.data_files})
        known.insert(paths->begin(), paths->end());
    }
  }
  std::vector<std::string> stray;
  const auto objects = memory.list("memory://").value();
  for (const auto& object : objects) {
    const bool is_metadata =
        object.path.ends_with(".metadata.json") || object.path.ends_with("version-hint.text");
    if (!is_metadata && !known.contains(object.path)) stray.push_back(object.path);
  }
  return stray;
}

std::int64_t WarehouseUnderTest::rows(const iceberg::TableMetadata& table) {
  std::int64_t sum = 0;
  const iceberg::Snapshot* current = iceberg::current_snapshot(table);
  if (current == nullptr) return 0;
  for (const auto& entry : live_entries(memory, *current))
    sum += entry.data_file.record_count;
  return sum;
}

std::int64_t WarehouseUnderTest::order_rows() {
  return rows(orders());
}
std::int64_t WarehouseUnderTest::reject_rows() {
  return rows(rejects());
}

}  // namespace calve::commit
