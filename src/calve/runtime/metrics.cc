#include "calve/runtime/metrics.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include <prometheus/text_serializer.h>

namespace calve::runtime {
namespace {

using Labels = std::map<std::string, std::string>;

const prometheus::Histogram::BucketBoundaries kFreshnessSeconds = {
    0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10, 30, 60, 300, 900, 3600, 86400};
const prometheus::Histogram::BucketBoundaries kCommitSeconds = {0.005, 0.01, 0.025, 0.05, 0.1, 0.25,
                                                                0.5,   1,    2.5,   5,    10,  30};

prometheus::Counter& counter(prometheus::Registry& registry, const char* name, const char* help,
                             const Labels& labels) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(registry).Add(labels);
}

prometheus::Histogram& freshness(prometheus::Registry& registry, const std::string& pipeline,
                                 const char* since) {
  return prometheus::BuildHistogram()
      .Name("calve_freshness_seconds")
      .Help("Age of events when the snapshot that holds them was committed")
      .Register(registry)
      .Add({{"pipeline", pipeline}, {"since", since}}, kFreshnessSeconds);
}

void observe(prometheus::Histogram& histogram, const TimeBins& times, Timestamp committed) {
  std::vector<double> increments(kFreshnessSeconds.size() + 1);
  double sum = 0;
  times.for_each([&](Timestamp time, std::int64_t count) {
    const double age = std::max(0.0, std::chrono::duration<double>(committed - time).count());
    const auto bucket = std::ranges::lower_bound(kFreshnessSeconds, age) - kFreshnessSeconds.begin();
    increments[static_cast<std::size_t>(bucket)] += static_cast<double>(count);
    sum += age * static_cast<double>(count);
  });
  histogram.ObserveMultiple(increments, sum);
}

}  // namespace

Metrics::Metrics(const std::string& pipeline)
    : registry_(std::make_shared<prometheus::Registry>()),
      pipeline_(pipeline),
      events_read_(counter(*registry_, "calve_events_read_total", "Events taken from the source",
                           {{"pipeline", pipeline}})),
      bytes_read_(counter(*registry_, "calve_event_bytes_read_total", "Bytes of events taken from the source",
                          {{"pipeline", pipeline}})),
      events_valid_(counter(*registry_, "calve_events_committed_total", "Events in committed snapshots",
                            {{"pipeline", pipeline}, {"verdict", "valid"}})),
      events_rejected_(counter(*registry_, "calve_events_committed_total", "Events in committed snapshots",
                               {{"pipeline", pipeline}, {"verdict", "rejected"}})),
      rejects_by_reason_(prometheus::BuildCounter()
                             .Name("calve_rejects_total")
                             .Help("Events that the contract rejected, when they were read")
                             .Register(*registry_)),
      files_written_(counter(*registry_, "calve_data_files_total", "Data files in committed snapshots",
                             {{"pipeline", pipeline}})),
      file_bytes_written_(counter(*registry_, "calve_data_file_bytes_total",
                                  "Bytes of data files in committed snapshots", {{"pipeline", pipeline}})),
      epochs_fenced_(counter(*registry_, "calve_epochs_fenced_total",
                             "Epochs given up because another writer had moved the table on",
                             {{"pipeline", pipeline}})),
      event_freshness_(freshness(*registry_, pipeline, "event")),
      source_freshness_(freshness(*registry_, pipeline, "source")),
      commit_seconds_(prometheus::BuildHistogram()
                          .Name("calve_commit_seconds")
                          .Help("From the seal of an epoch to the proof of its commit")
                          .Register(*registry_)
                          .Add({{"pipeline", pipeline}}, kCommitSeconds)),
      commit_steps_(
          prometheus::BuildGauge()
              .Name("calve_commit_work")
              .Help("Since the start: seconds in each step of commits, and how often they met others")
              .Register(*registry_)),
      lag_(prometheus::BuildGauge()
               .Name("calve_lag_offsets")
               .Help("Offsets between what is committed and the end of the partition")
               .Register(*registry_)),
      healthy_(prometheus::BuildGauge()
                   .Name("calve_healthy")
                   .Help("1 while the stream gets on, as /healthz says")
                   .Register(*registry_)
                   .Add({{"pipeline", pipeline}})) {
  healthy_.Set(1);
}

void Metrics::count_read(std::int64_t events, std::int64_t bytes) {
  events_read_.Increment(static_cast<double>(events));
  bytes_read_.Increment(static_cast<double>(bytes));
}

void Metrics::count_rejects(std::string_view reason, std::int64_t events) {
  rejects_by_reason_.Add({{"pipeline", pipeline_}, {"reason", std::string(reason)}})
      .Increment(static_cast<double>(events));
}

void Metrics::count_committed(std::int64_t valid, std::int64_t rejected) {
  events_valid_.Increment(static_cast<double>(valid));
  events_rejected_.Increment(static_cast<double>(rejected));
}

void Metrics::count_files(std::int64_t files, std::int64_t bytes) {
  files_written_.Increment(static_cast<double>(files));
  file_bytes_written_.Increment(static_cast<double>(bytes));
}

void Metrics::count_fenced() {
  epochs_fenced_.Increment();
}

void Metrics::observe_freshness(const TimeBins& event_times, const TimeBins& source_times,
                                Timestamp committed) {
  observe(event_freshness_, event_times, committed);
  observe(source_freshness_, source_times, committed);
}

void Metrics::observe_commit(double seconds) {
  commit_seconds_.Observe(seconds);
  ++commits_;
}

Metrics::Totals Metrics::totals() const {
  return {.read = static_cast<std::int64_t>(events_read_.Value()),
          .valid = static_cast<std::int64_t>(events_valid_.Value()),
          .rejected = static_cast<std::int64_t>(events_rejected_.Value()),
          .commits = commits_};
}

void Metrics::set_commit_stats(const commit::CommitStats& orders, const commit::CommitStats& rejects) {
  const auto set = [&](const char* table, const char* what, double value) {
    commit_steps_.Add({{"pipeline", pipeline_}, {"table", table}, {"what", what}}).Set(value);
  };
  for (const auto& [table, stats] : {std::pair("orders", &orders), std::pair("rejects", &rejects)}) {
    set(table, "commits", static_cast<double>(stats->commits));
    set(table, "conflicts", static_cast<double>(stats->conflicts));
    set(table, "retries", static_cast<double>(stats->retries));
    set(table, "unknown_outcomes", static_cast<double>(stats->unknown_outcomes));
    set(table, "manifest_seconds", stats->manifest_seconds);
    set(table, "manifest_list_seconds", stats->manifest_list_seconds);
    set(table, "swap_seconds", stats->swap_seconds);
  }
}

void Metrics::set_lag(PartitionId partition, std::int64_t events_behind) {
  lag_.Add({{"pipeline", pipeline_}, {"partition", std::to_string(partition.value())}})
      .Set(static_cast<double>(events_behind));
}

void Metrics::set_healthy(bool is_healthy) {
  healthy_.Set(is_healthy ? 1 : 0);
}

std::string Metrics::expose() const {
  return prometheus::TextSerializer().Serialize(registry_->Collect());
}

}  // namespace calve::runtime
