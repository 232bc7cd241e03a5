// The circuit breaker: a stream that mostly breaks its contract is the producer's defect or ours, and no
// stream of rejects.

#pragma once

#include <cstdint>
#include <vector>

#include "calve/base/result.h"
#include "calve/commit/ledger.h"

namespace calve::runtime {

struct RejectLimit {
  double share_max = 0.5;            // 1 turns it off
  std::int64_t judged_from = 1'000;  // epochs with fewer events pass
};

// kInvalidData, with the next step, if more than the allowed share of the events was rejected. Ask
// before anything of the epoch is committed.
Result<void> check_reject_limit(const std::vector<commit::LedgerRange>& ranges, const RejectLimit& limit);

}  // namespace calve::runtime
