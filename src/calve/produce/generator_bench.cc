// What one core makes: orders alone, events with faults, events into a file log.

#include <filesystem>
#include <stop_token>

#include <benchmark/benchmark.h>
#include <unistd.h>

#include "calve/produce/order_clock.h"
#include "calve/produce/run.h"

namespace calve::produce {
namespace {

void report(benchmark::State& state, std::uint64_t events, std::uint64_t bytes) {
  state.SetItemsProcessed(static_cast<std::int64_t>(events));
  state.SetBytesProcessed(static_cast<std::int64_t>(bytes));
  state.counters["bytes/event"] =
      static_cast<double>(bytes) / static_cast<double>(std::max<std::uint64_t>(events, 1));
}

void draw(benchmark::State& state, Share invalid) {
  EventStream events({.invalid = invalid});
  OrderClock clock({.seed = 1, .start = kReproducibleStart});
  std::uint64_t bytes = 0;
  for (auto _ : state) {
    const Event event = events.next(clock.next());
    benchmark::DoNotOptimize(event);
    bytes += event.payload.size();
  }
  report(state, static_cast<std::uint64_t>(state.iterations()), bytes);
}

void BM_Valid(benchmark::State& state) {
  draw(state, Share{});
}
BENCHMARK(BM_Valid);

void BM_OnePercentInvalid(benchmark::State& state) {
  draw(state, Share{10'000});
}
BENCHMARK(BM_OnePercentInvalid);

void BM_FileLog(benchmark::State& state) {
  const std::filesystem::path root =
      std::filesystem::temp_directory_path() / ("calve-produce-bench-" + std::to_string(getpid()));
  std::uint64_t events = 0;
  std::uint64_t bytes = 0;
  for (auto _ : state) {
    const auto options = validate({.target = FileLogTarget{.root = root}, .count = 1'000'000, .seed = 1});
    auto sender = open_sender(options->target, {});
    const auto summary = produce(*options, {.sender = **sender}, {}, std::stop_token());
    if (!summary) return state.SkipWithError(summary.error().message.c_str());
    events += summary->sent;
    bytes += summary->bytes;
    std::filesystem::remove_all(root);
  }
  report(state, events, bytes);
}
BENCHMARK(BM_FileLog)->Iterations(3)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
}  // namespace calve::produce
