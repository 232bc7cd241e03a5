// CPU and bytes per million orders, by codec and encodings. One iteration is one file of 1,000,000
// orders in batches of 8,192; the batches are made beforehand and repeated.

#include <ctime>
#include <fstream>
#include <iostream>
#include <vector>

#include <benchmark/benchmark.h>

#include "calve/datafile/sample_orders.h"
#include "calve/datafile/writer.h"
#include "calve/storage/local_store.h"

namespace calve::datafile {
namespace {

constexpr std::size_t kBatchRows = 8192;
constexpr std::size_t kRows = 1'000'000;

void BM_WriteOrders(benchmark::State& state, Codec codec, EncodingSet encodings, PageIndex page_index) {
  storage::LocalStore store;
  const FileSchema schema = make_file_schema(orders_schema());
  // Each generator keeps the texts of its batch alive.
  std::vector<SampleOrders> generators;
  std::vector<const batch::ColumnBatch*> batches;
  generators.reserve(16);
  for (std::uint64_t seed = 0; seed < 16; ++seed) {
    batches.push_back(&generators.emplace_back(SampleOrders::Options{.seed = seed}).next(kBatchRows));
  }
  std::int64_t file_bytes = 0;
  for (auto _ : state) {
    auto writer = Writer::open(store, {.path = "/tmp/calve_writer_bench.parquet"}, schema,
                               {.codec = codec, .encodings = encodings, .page_index = page_index});
    for (std::size_t i = 0; writer && i * kBatchRows < kRows; ++i) {
      if (const auto appended = writer->append(*batches[i % batches.size()]); !appended) {
        state.SkipWithError(appended.error().message.c_str());
        return;
      }
    }
    file_bytes = writer->close()->file_size_in_bytes;
  }
  state.counters["MB"] = static_cast<double>(file_bytes) / 1e6;
}

#define CALVE_CASE(name, ...) \
  BENCHMARK_CAPTURE(BM_WriteOrders, name, __VA_ARGS__)->Unit(benchmark::kMillisecond)->Iterations(1)
CALVE_CASE(zstd, Codec::kZstd, EncodingSet::kPortable, PageIndex::kOmit);
CALVE_CASE(zstd_page_index, Codec::kZstd, EncodingSet::kPortable, PageIndex::kWrite);
CALVE_CASE(zstd_delta, Codec::kZstd, EncodingSet::kDelta, PageIndex::kOmit);
CALVE_CASE(snappy, Codec::kSnappy, EncodingSet::kPortable, PageIndex::kOmit);
CALVE_CASE(lz4_raw, Codec::kLz4Raw, EncodingSet::kPortable, PageIndex::kOmit);
CALVE_CASE(uncompressed, Codec::kUncompressed, EncodingSet::kPortable, PageIndex::kOmit);

}  // namespace
}  // namespace calve::datafile
