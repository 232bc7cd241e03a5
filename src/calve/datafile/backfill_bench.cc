// A back-fill: 1,000,000 orders whose days are uniform over ten years, to a local folder. Peak memory is
// the process's own, generator included.

#include <filesystem>

#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <sys/resource.h>

#include "calve/datafile/partitioned_writer.h"
#include "calve/datafile/sample_orders.h"
#include "calve/storage/local_store.h"

namespace calve::datafile {
namespace {

constexpr std::size_t kBatchRows = 8192;
constexpr std::int64_t kRows = 1'000'000;
constexpr std::int64_t kDays = 3650;

void BM_BackfillOrders(benchmark::State& state) {
  const auto folder = std::filesystem::temp_directory_path() / "calve_backfill_bench";
  storage::LocalStore store;
  SampleOrders orders({.days = kDays});
  std::size_t file_count = 0;
  for (auto _ : state) {
    int next = 0;
    auto writer = PartitionedWriter::make(
        store, orders_schema(), orders_by_day(), {},
        [&]() -> Result<std::string> { return fmt::format("{}/{}.parquet", folder.string(), next++); });
    while (writer->row_count() < kRows) {
      if (const auto appended = writer->append(orders.next(kBatchRows)); !appended) {
        state.SkipWithError(appended.error().message.c_str());
        return;
      }
    }
    file_count = writer->flush()->size();
  }
  std::filesystem::remove_all(folder);
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  state.counters["files"] = static_cast<double>(file_count);
  state.counters["peak_MiB"] = static_cast<double>(usage.ru_maxrss) / 1024;
}
BENCHMARK(BM_BackfillOrders)->Unit(benchmark::kMillisecond)->Iterations(1);

}  // namespace
}  // namespace calve::datafile
