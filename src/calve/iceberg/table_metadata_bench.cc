// A table of 2,000 snapshots, as a busy one keeps between two expirations: what each commit reads and
// writes besides its own facts.

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include "calve/iceberg/table_metadata.h"

namespace calve::iceberg {
namespace {

constexpr int kSnapshots = 2000;

TableMetadata busy_table() {
  NewTable table{.location = "s3://warehouse/analytics/orders"};
  for (int i = 1; i <= 30; ++i) {
    table.schema.fields.push_back(
        {.id = FieldId(i), .name = fmt::format("column_{}", i), .type = PrimitiveKind::kString});
  }
  TableMetadata metadata = make_table_metadata(table);
  for (int i = 1; i <= kSnapshots; ++i) {
    Snapshot snapshot{.id = SnapshotId(6896698435220906588 + i),
                      .parent_id = SnapshotId(6896698435220906587 + i),
                      .sequence_number = SequenceNumber(i),
                      .timestamp = timestamp_from_micros(1'795'527'274'428'000 + 1'000'000LL * i),
                      .schema_id = SchemaId(0)};
    for (const char* key :
         {"added-data-files", "added-records", "added-files-size", "changed-partition-count", "total-records",
          "total-files-size", "total-data-files", "total-delete-files", "total-position-deletes",
          "total-equality-deletes"}) {
      snapshot.summary.emplace(key, std::to_string(1'000'000 + i));
    }
    snapshot.summary.emplace("calve.ledger",
                             R"({"0":[123456,133456],"1":[123456,133456],"2":[123456,133456]})");
    snapshot.manifest_list = fmt::format(
        "s3://warehouse/analytics/orders/metadata/snap-{}-1-a247efa2-0c75-4ac5-826c-f95d3705ef3b.avro",
        snapshot.id);
    metadata.snapshot_log.push_back({.timestamp = snapshot.timestamp, .snapshot_id = snapshot.id});
    metadata.snapshots.push_back(std::move(snapshot));
  }
  metadata.last_sequence_number = SequenceNumber(kSnapshots);
  metadata.last_updated = metadata.snapshots.back().timestamp;
  metadata.current_snapshot_id = metadata.snapshots.back().id;
  metadata.refs[kMainBranch] = {.snapshot_id = *metadata.current_snapshot_id};
  return metadata;
}

void parse(benchmark::State& state) {
  const std::string text = serialize_table_metadata(busy_table());
  for (auto _ : state)
    benchmark::DoNotOptimize(parse_table_metadata(text)->snapshots.size());
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}
BENCHMARK(parse)->Unit(benchmark::kMillisecond);

void serialize(benchmark::State& state) {
  const TableMetadata metadata = busy_table();
  for (auto _ : state)
    benchmark::DoNotOptimize(serialize_table_metadata(metadata).size());
}
BENCHMARK(serialize)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace calve::iceberg
