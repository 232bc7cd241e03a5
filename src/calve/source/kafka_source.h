// A Kafka topic as a Source.
//
// Offsets that hold no record (control records, aborted transactions, compacted ones) are covered by
// the batches' ranges, also those at the partition's end: a position always reaches end_offsets().
// kafka/consumer.h says how a topic that was created again under its name is seen: poll() finds it sooner
// or later, check_identity() at once.

#pragma once

#include <memory>
#include <stop_token>

#include "calve/kafka/consumer.h"
#include "calve/source/source.h"

namespace calve::source {

// Connects and, in Membership::kGroup, joins. kUnreachable if no broker answers within
// options.connect_wait_max, kAccessDenied, kNotFound, kConfig.
Result<std::unique_ptr<Source>> open_kafka(const kafka::ClientConfig& config, kafka::ConsumerOptions options,
                                           const std::stop_token& stop);

}  // namespace calve::source
