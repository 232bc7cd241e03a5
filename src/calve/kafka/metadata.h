// Requests that a live client makes, for this folder's .cc files alone.

#pragma once

#include <cstdint>
#include <string>

#include "calve/base/time.h"
#include "calve/kafka/handles.h"
#include "calve/kafka/topic.h"

namespace calve::kafka {

struct TopicAnswer {
  std::int32_t partition_count = 0;
  std::int32_t broker = 0;  // one that serves
};

// kNotFound if the topic does not exist; never creates it.
Result<TopicAnswer> query_topic(rd_kafka_t* client, rd_kafka_topic_t* topic, Milliseconds wait_max);

struct TopicIdQuery {
  std::string topic;
  std::int32_t broker = 0;  // whom to ask: the controller, by default, need not be up to read
  Milliseconds wait_max{0};
};

// Empty if the broker gives none (before Kafka 2.8).
Result<std::string> query_topic_id(rd_kafka_t* client, const TopicIdQuery& query);

// The high watermark is the last stable offset under isolation.level=read_committed.
Result<Watermarks> query_watermarks(rd_kafka_t* client, const std::string& topic, PartitionId partition);

}  // namespace calve::kafka
