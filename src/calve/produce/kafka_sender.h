// Events into a Kafka topic, keyed by customer.

#pragma once

#include <memory>
#include <stop_token>
#include <string>

#include "calve/base/result.h"
#include "calve/base/time.h"
#include "calve/kafka/client_config.h"
#include "calve/produce/sender.h"

namespace calve::produce {

struct KafkaTarget {
  kafka::ClientConfig client;
  std::string topic = "orders.created.v1";
  // Until an event that no broker acknowledges has failed; close() waits so long and no longer.
  Milliseconds delivery_wait_max{30'000};

  bool operator==(const KafkaTarget&) const = default;
};

// Connects (see kafka::Producer::connect for the errors). The sender is idempotent: an event that is
// retried lies in the topic once. Events that fail are counted, and sending goes on; a fatal error of
// the client ends it. After `stop`, a send() that has to wait is kCancelled.
Result<std::unique_ptr<Sender>> open_kafka_sender(const KafkaTarget& target, const std::stop_token& stop);

}  // namespace calve::produce
