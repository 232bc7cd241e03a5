// The PartitionQueue over a librdkafka partition queue, for this folder's .cc files alone.

#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "calve/kafka/consumer.h"
#include "calve/kafka/handles.h"

namespace calve::kafka {

struct PartitionQueueOptions {
  rd_kafka_t* client;  // outlives the queue
  std::string topic;
  PartitionId partition;
  Offset start;
};

// Takes the partition's records off the consumer's common queue; call it before the partition is
// assigned, or the first of them go there.
std::unique_ptr<PartitionQueue> split_partition_queue(PartitionQueueOptions options);

// Names partition, position and watermarks.
Error source_gap(const std::string& topic, const PartitionStart& start, const Result<Watermarks>& watermarks);

}  // namespace calve::kafka
