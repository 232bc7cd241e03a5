#include "calve/cli/run.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <utility>

#include <CLI/CLI.hpp>
#include <fmt/ostream.h>
#include <nlohmann/json.hpp>

#include "calve/base/log.h"
#include "calve/base/retry.h"
#include "calve/cli/serve_metrics.h"
#include "calve/cli/status_line.h"
#include "calve/config/open_parts.h"
#include "calve/runtime/pipeline.h"
#include "calve/runtime/watchdog.h"

namespace calve::cli {
namespace {

// "Input grows and nothing is committed" is said after so many commit intervals, and not before this.
constexpr int kIntervalsUntilUnhealthy = 3;
constexpr Milliseconds kUntilUnhealthyMin{3'000};

struct Arguments {
  bool until_end = false;
};

runtime::Options runtime_options(const config::Settings& settings, const Arguments& arguments) {
  const config::RunSettings& run = settings.run;
  return {.pipeline = run.pipeline,
          .orders = settings.iceberg.orders,
          .rejects = settings.iceberg.rejects,
          .until = arguments.until_end ? runtime::Until::kSourceEnd : runtime::Until::kStopped,
          .workers = run.workers,
          .commit_interval = run.commit_interval,
          .open_writers_bytes_max = run.memory_bytes / 2,
          .rejects_share_max = run.rejects_max.per_million / 1e6,
          .on_gap = run.on_gap,
          .shutdown_timeout = run.shutdown_timeout};
}

// How a run gets on, in one line.
class RunStatus {
 public:
  RunStatus(const runtime::Metrics& metrics, const Clock& clock)
      : metrics_(metrics), clock_(clock), begun_(clock.steady_now()) {}

  std::string operator()() const {
    const runtime::Metrics::Totals totals = metrics_.totals();
    const double seconds = std::chrono::duration<double>(clock_.steady_now() - begun_).count();
    return fmt::format("committed {} orders and {} rejects in {} snapshots; {:.0f} events/s read",
                       totals.valid, totals.rejected, totals.commits,
                       static_cast<double>(totals.read) / std::max(seconds, 0.001));
  }

 private:
  const runtime::Metrics& metrics_;
  const Clock& clock_;
  std::chrono::steady_clock::time_point begun_;
};

// What is there before the first event is read.
struct Parts {
  contract::Contract contract;
  config::Warehouse warehouse;
  std::unique_ptr<source::Source> source;
};

Result<Parts> open_parts(const Invocation& invocation, runtime::Health& health) {
  const config::Settings& settings = invocation.settings;
  contract::Contract contract = CALVE_TRY(config::load_contract(settings));
  config::Warehouse warehouse = CALVE_TRY(config::open_warehouse(
      settings, {}, [&health](const Error& error) { health.met_obstacle(error.message); }));
  CALVE_TRY(warehouse.catalog->probe_swap());
  CALVE_TRY(config::set_up_tables(settings, warehouse, contract, invocation.stop));
  auto source = CALVE_TRY(config::open_source(settings, config::Reading::kInGroup, invocation.stop));
  return Parts{
      .contract = std::move(contract), .warehouse = std::move(warehouse), .source = std::move(source)};
}

// What was only not reached yet when the stop came is no failure: nothing had been read.
bool is_end_by_stop(const Error& error, const std::stop_token& stop) {
  return stop.stop_requested() && (error.kind == ErrorKind::kCancelled || is_retryable(error.kind));
}

void report(const Invocation& invocation, const runtime::Summary& summary, double seconds) {
  if (invocation.output == OutputFormat::kJson) {
    fmt::print(invocation.out, "{}\n",
               nlohmann::ordered_json({{"valid", summary.valid},
                                       {"rejected", summary.rejected},
                                       {"commits", summary.commits},
                                       {"fenced", summary.fenced},
                                       {"seconds", seconds}})
                   .dump());
  } else {
    fmt::print(invocation.err, "committed {} orders and {} rejects in {} snapshots, {:.1f} s\n",
               summary.valid, summary.rejected, summary.commits, seconds);
  }
}

Result<void> run(const Invocation& invocation, const Arguments& arguments) {
  const config::Settings& settings = invocation.settings;
  runtime::Health health(
      std::max(kUntilUnhealthyMin, settings.run.commit_interval * kIntervalsUntilUnhealthy));
  const Result<Parts> parts = open_parts(invocation, health);
  if (!parts && is_end_by_stop(parts.error(), invocation.stop)) {
    log::info("stopped before the first event: {}", parts.error().message);
    report(invocation, {}, 0);
    return {};
  }
  if (!parts) return std::unexpected(parts.error());

  const Clock& clock = system_clock();
  runtime::Metrics metrics(settings.run.pipeline);
  const auto http = CALVE_TRY(serve_metrics(invocation, metrics, health, clock));
  const runtime::Watchdog watchdog(health, clock, settings.run.commit_interval);

  const auto begun = clock.steady_now();
  runtime::Pipeline pipeline({.source = *parts->source,
                              .contract = parts->contract,
                              .catalog = *parts->warehouse.catalog,
                              .store = *parts->warehouse.store,
                              .clock = clock,
                              .metrics = metrics,
                              .health = health},
                             runtime_options(settings, arguments));
  Result<runtime::Summary> done;
  {
    const StatusLine status(invocation.err, invocation.err_screen, RunStatus(metrics, clock));
    done = pipeline.run(invocation.stop);
  }
  const runtime::Summary summary = CALVE_TRY(std::move(done));
  report(invocation, summary, std::chrono::duration<double>(clock.steady_now() - begun).count());
  return {};
}

}  // namespace

Command run_command() {
  const auto arguments = std::make_shared<Arguments>();  // shared by the two functions below
  return {.name = "run",
          .summary = "Stream events into the Iceberg tables, exactly once, until stopped",
          .example =
              "calve run --until-end\n"
              "  KAFKA_BOOTSTRAP_SERVERS=localhost:9092 ICEBERG_WAREHOUSE=s3://lake/w calve run",
          .sections = {"run", "commit", "kafka", "file-log", "iceberg"},
          .add_arguments =
              [arguments](CLI::App& app) {
                app.add_flag("--until-end", arguments->until_end,
                             "Stop when what was in the source at the start is committed");
              },
          .run = [arguments](const Invocation& invocation) { return run(invocation, *arguments); }};
}

}  // namespace calve::cli
