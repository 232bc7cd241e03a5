// The circuit breaker: a stream that mostly breaks its contract is the producer's defect or ours, and no
// stream of rejects.

#pragma once

#include <cstdint>
#include <vector>

#include "calve/base/result.h"
#include "calve/commit/ledger.h"

namespace calve::runtime {

struct RejectLimitOptions {
  double share_max = 0.5;            // 1 turns it off
  std::int64_t judged_from = 1'000;  // fewer events are not judged yet
};

// Of one stream; one thread at a time. Epochs that are too small to be judged add up until they are enough
// together, so that a slow stream is judged too; what they held is committed by then. An epoch that is large
// enough is judged by itself.
class RejectLimit {
 public:
  explicit RejectLimit(const RejectLimitOptions& options) : options_(options) {}

  // kInvalidData, with the next step, if more than the allowed share of the events was rejected. Ask
  // before anything of the epoch is committed.
  Result<void> check(const std::vector<commit::LedgerRange>& ranges) const;

  // The epoch that was checked last is committed.
  void committed(const std::vector<commit::LedgerRange>& ranges);

 private:
  struct Counts {
    std::int64_t events = 0;
    std::int64_t rejected = 0;
  };

  static Counts count(const std::vector<commit::LedgerRange>& ranges);
  // The events that are judged when this epoch is.
  Counts judged_with(const Counts& epoch) const;

  RejectLimitOptions options_;
  Counts waiting_;  // of committed epochs, fewer than judged_from
};

}  // namespace calve::runtime
