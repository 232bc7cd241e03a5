// CPU time per order of the decode stage, strict checks and rules included. Orders of the producer,
// repeated until a batch has about one megabyte. `items_per_second` is orders per second of CPU time;
// a million divided by it is the CPU-seconds per million.

#include <fstream>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "calve/contract/decoder.h"

namespace calve::contract {
namespace {

constexpr std::size_t kBatchBytes = 1 << 20;

std::vector<std::string> read_lines(const std::string& path) {
  std::ifstream file(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);)
    lines.push_back(line);
  return lines;
}

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void BM_DecodeOrders(benchmark::State& state) {
  const auto contract =
      Contract::load(read_file(CALVE_SOURCE_DIR "/contracts/orders.created.v1.schema.json"));
  const auto lines = read_lines(CALVE_SOURCE_DIR "/src/calve/contract/testdata/orders.ndjson");
  if (!contract || lines.empty()) {
    state.SkipWithError("the contract or its test data cannot be read");
    return;
  }
  batch::RecordBatch records;
  records.reset(PartitionId(0), Offset(0));
  std::int64_t offset = 0;
  while (records.bytes.size() < kBatchBytes) {
    records.append(Offset(offset), timestamp_from_micros(offset), lines[offset % lines.size()]);
    ++offset;
  }
  records.seal(Offset(offset));

  Decoder decoder(*contract);
  std::size_t rejected = 0;
  for (auto _ : state) {
    const Decoded& decoded = decoder.decode(records, timestamp_from_micros(1));
    rejected += decoded.rejects.size();
    benchmark::DoNotOptimize(decoded.rows.row_count);
  }
  if (rejected != 0) state.SkipWithError("an order of the producer was rejected");
  state.SetItemsProcessed(state.iterations() * offset);
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(records.payload_bytes()));
}
BENCHMARK(BM_DecodeOrders);

}  // namespace
}  // namespace calve::contract
