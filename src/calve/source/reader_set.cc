#include "calve/source/reader_set.h"

#include <algorithm>
#include <utility>

namespace calve::source {

void Waker::wake() {
  {
    const std::lock_guard lock(mutex_);
    is_woken_ = true;
  }
  woken_.notify_one();
}

bool Waker::wait_until(std::chrono::steady_clock::time_point deadline, const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  woken_.wait_until(lock, stop, deadline, [this] { return is_woken_; });
  return std::exchange(is_woken_, false);
}

void ReaderSet::add(std::unique_ptr<PartitionReader> reader) {
  reader->set_waker(&waker_);
  readers_.push_back(std::move(reader));
}

void ReaderSet::remove(PartitionId partition) {
  std::erase_if(readers_, [partition](const auto& reader) { return reader->partition() == partition; });
  next_ = 0;
}

Result<ReadOutcome> ReaderSet::read(batch::RecordBatch& into, const ReadLimits& limits,
                                    const std::stop_token& stop) {
  const auto deadline = std::chrono::steady_clock::now() + limits.wait_max;
  bool woken = false;
  while (true) {
    auto retry_at = deadline;
    for (std::size_t tried = 0; tried < readers_.size(); ++tried) {
      PartitionReader& reader = *readers_[next_];
      next_ = (next_ + 1) % readers_.size();
      auto outcome = reader.read(into, limits);
      if (!outcome) {
        into.reset(reader.partition(), reader.position());
        return outcome;
      }
      if (*outcome == ReadOutcome::kBatch) return outcome;
      retry_at = std::min(retry_at, std::chrono::steady_clock::now() + reader.retry_after());
    }
    if (woken || stop.stop_requested() || std::chrono::steady_clock::now() >= deadline) {
      return ReadOutcome::kNothing;
    }
    woken = waker_.wait_until(retry_at, stop);
  }
}

}  // namespace calve::source
