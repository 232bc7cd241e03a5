// What a cluster says about one topic.

#pragma once

#include <cstdint>
#include <stop_token>
#include <string>

#include "calve/base/ids.h"
#include "calve/base/result.h"
#include "calve/base/time.h"
#include "calve/kafka/client_config.h"

namespace calve::kafka {

struct TopicFacts {
  std::string cluster_id;
  std::string topic_id;  // unique to this creation of the topic; empty before Kafka 2.8
  std::int32_t partition_count = 0;

  bool operator==(const TopicFacts&) const = default;
};

// Offsets [low, high) are what a reader of committed records may get; some may hold no record.
struct Watermarks {
  Offset low;
  Offset high;

  bool operator==(const Watermarks&) const = default;
};

struct TopicQuery {
  std::string topic;
  Milliseconds wait_max{10'000};  // for the first broker to answer
};

// Connects, asks and disconnects. kUnreachable after wait_max, kAccessDenied, kNotFound, kCancelled.
Result<TopicFacts> describe_topic(const ClientConfig& config, const TopicQuery& query,
                                  const std::stop_token& stop);

}  // namespace calve::kafka
