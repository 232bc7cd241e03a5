// How many events bear which time, in bins: enough for a histogram, and small however many events.

#pragma once

#include <cstdint>
#include <map>

#include "calve/base/time.h"

namespace calve::runtime {

class TimeBins {
 public:
  static constexpr Milliseconds kBinWidth{10};
  // Old events spread over years would make a bin each; beyond this many, they join the oldest.
  static constexpr std::size_t kBinsMax = 4'096;

  void add(Timestamp time, std::int64_t count = 1) {
    const std::int64_t bin = to_millis(time) / kBinWidth.count();
    if (last_ != counts_.end() && last_->first == bin) {
      last_->second += count;
      return;
    }
    last_ = counts_.size() < kBinsMax ? counts_.try_emplace(bin, 0).first : counts_.find(bin);
    if (last_ == counts_.end()) last_ = counts_.begin();
    last_->second += count;
  }

  // The middle of each bin, and its count.
  template <class Visitor>
  void for_each(Visitor&& visit) const {
    for (const auto& [bin, count] : counts_) {
      visit(Timestamp(Milliseconds(bin * kBinWidth.count()) + kBinWidth / 2), count);
    }
  }

  TimeBins() = default;
  TimeBins(const TimeBins& other) : counts_(other.counts_) {}
  TimeBins(TimeBins&& other) noexcept : counts_(std::move(other.counts_)) { other.clear(); }
  TimeBins& operator=(TimeBins other) noexcept {
    counts_ = std::move(other.counts_);
    last_ = counts_.end();
    return *this;
  }
  void clear() {
    counts_.clear();
    last_ = counts_.end();
  }

 private:
  std::map<std::int64_t, std::int64_t> counts_;
  std::map<std::int64_t, std::int64_t>::iterator last_ = counts_.end();  // neighbours mostly share a bin
};

}  // namespace calve::runtime
