// One worker's share of the partitions, read as one stream of batches.

#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <stop_token>
#include <vector>

#include "calve/source/source.h"

namespace calve::source {

// A wake() before the wait ends it at once: none is lost. wake() is safe from any thread, also from
// inside a library's callback.
class Waker {
 public:
  void wake();
  // Until wake(), `deadline` or a stop; says whether it was wake(). One thread waits.
  bool wait_until(std::chrono::steady_clock::time_point deadline, const std::stop_token& stop);

 private:
  std::mutex mutex_;
  std::condition_variable_any woken_;
  bool is_woken_ = false;
};

// Belongs to one thread, except wake().
class ReaderSet {
 public:
  ReaderSet() = default;
  ReaderSet(const ReaderSet&) = delete;
  ReaderSet& operator=(const ReaderSet&) = delete;

  void add(std::unique_ptr<PartitionReader> reader);
  // Destroys the reader of that partition; no effect if there is none.
  void remove(PartitionId partition);
  bool empty() const { return readers_.empty(); }
  const std::vector<std::unique_ptr<PartitionReader>>& readers() const { return readers_; }

  // The next batch of any partition, in turn, so that a full one does not starve the others. Waits up
  // to limits.wait_max. An error is that of one partition, and into.partition names it.
  Result<ReadOutcome> read(batch::RecordBatch& into, const ReadLimits& limits, const std::stop_token& stop);

  // Ends a wait in read() early, once no reader has a batch. From any thread.
  void wake() { waker_.wake(); }

 private:
  Waker waker_;  // before the readers, which refer to it
  std::vector<std::unique_ptr<PartitionReader>> readers_;
  std::size_t next_ = 0;
};

}  // namespace calve::source
