// The loop: draw an event, send it, keep the pace.

#pragma once

#include <functional>
#include <stop_token>

#include "calve/base/result.h"
#include "calve/base/time.h"
#include "calve/produce/options.h"
#include "calve/produce/sender.h"
#include "calve/produce/summary.h"

namespace calve::produce {

// Called about every kProgressInterval from the thread that produces, with what was sent so far; the
// next event waits for its return.
using OnProgress = std::function<void(const ProduceSummary&)>;

inline constexpr Milliseconds kProgressInterval{200};
inline constexpr Milliseconds kFlushInterval{100};  // no event stays longer in a buffer of ours

// What it runs with; the caller owns both and keeps them until produce() returns.
struct ProduceWorld {
  Sender& sender;
  const Clock& clock = system_clock();
};

// Sends until the count, the duration or a stop, then closes the sender; a stop is a good end. Events
// that the target refused are in the summary: look at deliveries.failed. An error means that the run
// ended early, or that the fate of some events is not known; sender.deliveries() has the others.
// `options` come from validate().
Result<ProduceSummary> produce(const ProduceOptions& options, const ProduceWorld& world,
                               const OnProgress& on_progress, const std::stop_token& stop);

}  // namespace calve::produce
