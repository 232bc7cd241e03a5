#include "calve/kafka/metadata.h"

#include <fmt/format.h>

namespace calve::kafka {
namespace {

constexpr int kWatermarksWaitMaxMs = 5'000;

}  // namespace

Result<std::int32_t> query_partition_count(rd_kafka_t* client, rd_kafka_topic_t* topic,
                                           Milliseconds wait_max) {
  const rd_kafka_metadata_t* found = nullptr;
  const auto code = rd_kafka_metadata(client, 0, topic, &found, static_cast<int>(wait_max.count()));
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return std::unexpected(translate(code, "asking for the topic"));
  const std::unique_ptr<const rd_kafka_metadata_t, Destroyer<rd_kafka_metadata_destroy>> metadata(found);
  const auto& facts = metadata->topics[0];
  if (metadata->topic_cnt != 1 || facts.err != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return std::unexpected(translate(facts.err, rd_kafka_topic_name(topic)));
  }
  return facts.partition_cnt;
}

Result<Watermarks> query_watermarks(rd_kafka_t* client, const std::string& topic, PartitionId partition) {
  std::int64_t low = 0, high = 0;
  const auto code = rd_kafka_query_watermark_offsets(client, topic.c_str(), partition.value(), &low, &high,
                                                     kWatermarksWaitMaxMs);
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return std::unexpected(
        translate(code, fmt::format("asking for the watermarks of {}-{}", topic, partition)));
  }
  return Watermarks{.low = Offset(low), .high = Offset(high)};
}

}  // namespace calve::kafka
