// What a run counts, in Prometheus' form. docs/reference/metrics.md lists the names.

#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include "calve/base/ids.h"
#include "calve/base/time.h"
#include "calve/commit/table_committer.h"
#include "calve/runtime/time_bins.h"

namespace calve::runtime {

// Safe from any thread. Counting is per batch or per epoch, never per event.
class Metrics {
 public:
  explicit Metrics(const std::string& pipeline);

  void count_read(std::int64_t events, std::int64_t bytes);
  void count_rejects(std::string_view reason, std::int64_t events);
  void count_committed(std::int64_t valid, std::int64_t rejected);
  void count_files(std::int64_t files, std::int64_t bytes);
  void count_fenced();
  // How old events were when the snapshot that holds them was committed.
  void observe_freshness(const TimeBins& event_times, const TimeBins& source_times, Timestamp committed);
  void observe_commit(double seconds);
  void set_commit_stats(const commit::CommitStats& orders, const commit::CommitStats& rejects);
  void set_lag(PartitionId partition, std::int64_t events_behind);
  void set_healthy(bool is_healthy);

  // For a status line.
  struct Totals {
    std::int64_t read = 0;
    std::int64_t valid = 0;
    std::int64_t rejected = 0;
    std::int64_t commits = 0;
  };
  Totals totals() const;

  // The text of /metrics.
  std::string expose() const;

 private:
  std::shared_ptr<prometheus::Registry> registry_;  // shared with nobody: the library's type asks for it
  std::string pipeline_;
  prometheus::Counter& events_read_;
  prometheus::Counter& bytes_read_;
  prometheus::Counter& events_valid_;
  prometheus::Counter& events_rejected_;
  prometheus::Family<prometheus::Counter>& rejects_by_reason_;
  prometheus::Counter& files_written_;
  prometheus::Counter& file_bytes_written_;
  prometheus::Counter& epochs_fenced_;
  prometheus::Histogram& event_freshness_;
  prometheus::Histogram& source_freshness_;
  prometheus::Histogram& commit_seconds_;
  std::atomic<std::int64_t> commits_ = 0;
  prometheus::Family<prometheus::Gauge>& commit_steps_;
  prometheus::Family<prometheus::Gauge>& lag_;
  prometheus::Gauge& healthy_;
};

}  // namespace calve::runtime
