// Asks a cluster one thing, by a client of its own. For this folder's .cc files alone.

#pragma once

#include <functional>
#include <stop_token>

#include <librdkafka/rdkafka.h>

#include "calve/base/result.h"
#include "calve/base/time.h"
#include "calve/kafka/client_config.h"

namespace calve::kafka {

struct Question {
  // Called again after kUnreachable and kUnavailable; should take no longer than it is told.
  std::function<Result<void>(rd_kafka_t* client, Milliseconds wait_max)> ask;
  Milliseconds wait_max{10'000};  // until the first answer, whichever it is
  Properties properties = {};     // the client's, above the user's own
};

// Connects, asks until there is an answer, and disconnects. kUnreachable after wait_max, kAccessDenied if
// the credentials are refused, kCancelled.
Result<void> ask(const ClientConfig& config, const Question& question, const std::stop_token& stop);

}  // namespace calve::kafka
