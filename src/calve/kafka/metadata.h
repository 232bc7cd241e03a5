// Requests that a live client makes, for this folder's .cc files alone.

#pragma once

#include <cstdint>

#include "calve/base/time.h"
#include "calve/kafka/handles.h"
#include "calve/kafka/topic.h"

namespace calve::kafka {

// kNotFound if the topic does not exist; never creates it.
Result<std::int32_t> query_partition_count(rd_kafka_t* client, rd_kafka_topic_t* topic,
                                           Milliseconds wait_max);

// The high watermark is the last stable offset under isolation.level=read_committed.
Result<Watermarks> query_watermarks(rd_kafka_t* client, const std::string& topic, PartitionId partition);

}  // namespace calve::kafka
