// A manifest of 1,000 data files with metrics of 27 columns, as a day of orders makes.

#include <string>

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include "calve/iceberg/manifest.h"

namespace calve::iceberg {
namespace {

constexpr int kEntries = 1'000;
constexpr int kColumns = 27;

Manifest large_manifest() {
  Manifest manifest;
  manifest.schema.fields = {{.id = FieldId(1), .name = "created_at", .type = PrimitiveKind::kTimestamptz}};
  manifest.spec.fields = {{FieldId(1), FieldId(1000), "created_at_day", SimpleTransform::kDay}};
  for (int i = 0; i < kEntries; ++i) {
    ManifestEntry entry{.snapshot_id = SnapshotId(6'896'698'435'220'906'588 + i)};
    entry.data_file = {
        .file_path = fmt::format("s3://warehouse/analytics/orders/data/{:032x}.parquet", i * 7'919),
        .partition = {Literal(20'000 + i % 30)},
        .record_count = 100'000 + i,
        .file_size_in_bytes = 12'000'000 + i * 31,
        .split_offsets = {4}};
    for (int column = 1; column <= kColumns; ++column) {
      const FieldId id(column);
      entry.data_file.column_sizes[id] = 400'000 + i * column;
      entry.data_file.value_counts[id] = 100'000 + i;
      entry.data_file.null_value_counts[id] = 0;
      entry.data_file.lower_bounds[id] = fmt::format("lower-{:08}", i * column);
      entry.data_file.upper_bounds[id] = fmt::format("upper-{:08}", i * column);
    }
    manifest.entries.push_back(std::move(entry));
  }
  return manifest;
}

void write(benchmark::State& state) {
  const Manifest manifest = large_manifest();
  const auto codec = static_cast<AvroCodec>(state.range(0));
  std::size_t bytes = 0;
  for (auto _ : state)
    bytes = write_manifest(manifest, codec)->size();
  state.SetLabel(fmt::format("{}, {} bytes", codec_name(codec), bytes));
  state.SetItemsProcessed(state.iterations() * kEntries);
}
BENCHMARK(write)->DenseRange(0, 2)->Unit(benchmark::kMillisecond);

void read(benchmark::State& state) {
  const auto codec = static_cast<AvroCodec>(state.range(0));
  const std::string bytes = *write_manifest(large_manifest(), codec);
  for (auto _ : state)
    benchmark::DoNotOptimize(read_manifest(bytes));
  state.SetLabel(std::string(codec_name(codec)));
  state.SetItemsProcessed(state.iterations() * kEntries);
}
BENCHMARK(read)->DenseRange(0, 2)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace calve::iceberg
