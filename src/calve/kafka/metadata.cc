#include "calve/kafka/metadata.h"

#include <array>
#include <memory>
#include <utility>

#include <fmt/format.h>

namespace calve::kafka {
namespace {

constexpr int kWatermarksWaitMaxMs = 5'000;
constexpr int kAnswerGraceMs = 500;  // librdkafka answers by itself when the request's time is over
constexpr const char* kNoTopicId = "AAAAAAAAAAAAAAAAAAAAAA";  // base64 of sixteen zeros

using TopicNames = std::unique_ptr<rd_kafka_TopicCollection_t, Destroyer<rd_kafka_TopicCollection_destroy>>;
using AdminOptions = std::unique_ptr<rd_kafka_AdminOptions_t, Destroyer<rd_kafka_AdminOptions_destroy>>;

}  // namespace

Result<TopicAnswer> query_topic(rd_kafka_t* client, rd_kafka_topic_t* topic, Milliseconds wait_max) {
  const rd_kafka_metadata_t* found = nullptr;
  const auto code = rd_kafka_metadata(client, 0, topic, &found, static_cast<int>(wait_max.count()));
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return std::unexpected(translate(code, "asking for the topic"));
  const std::unique_ptr<const rd_kafka_metadata_t, Destroyer<rd_kafka_metadata_destroy>> metadata(found);
  const auto& facts = metadata->topics[0];
  if (metadata->topic_cnt != 1 || facts.err != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return std::unexpected(translate(facts.err, rd_kafka_topic_name(topic)));
  }
  if (metadata->broker_cnt == 0) {
    return std::unexpected(translate(RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN, "asking for the topic"));
  }
  return TopicAnswer{.partition_count = facts.partition_cnt, .broker = metadata->brokers[0].id};
}

Result<std::string> query_topic_id(rd_kafka_t* client, const TopicIdQuery& query) {
  const char* name = query.topic.c_str();
  const TopicNames names(rd_kafka_TopicCollection_of_topic_names(&name, 1));
  const AdminOptions options(rd_kafka_AdminOptions_new(client, RD_KAFKA_ADMIN_OP_DESCRIBETOPICS));
  const int wait_ms = static_cast<int>(query.wait_max.count());
  std::array<char, 256> reason{};
  rd_kafka_AdminOptions_set_request_timeout(options.get(), wait_ms, reason.data(), reason.size());
  rd_kafka_AdminOptions_set_broker(options.get(), query.broker, reason.data(), reason.size());
  const QueueHandle answers(rd_kafka_queue_new(client));
  rd_kafka_DescribeTopics(client, names.get(), options.get(), answers.get());

  const EventHandle answer(rd_kafka_queue_poll(answers.get(), wait_ms + kAnswerGraceMs));
  if (answer == nullptr)
    return std::unexpected(translate(RD_KAFKA_RESP_ERR__TIMED_OUT, "asking for the topic"));
  if (const auto code = rd_kafka_event_error(answer.get()); code != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return std::unexpected(translate(code, rd_kafka_event_error_string(answer.get())));
  }
  std::size_t count = 0;
  const auto* const result = rd_kafka_event_DescribeTopics_result(answer.get());
  const auto* const* const found = rd_kafka_DescribeTopics_result_topics(result, &count);
  if (count != 1) return std::unexpected(translate(RD_KAFKA_RESP_ERR__BAD_MSG, "asking for the topic"));
  if (const auto* const error = rd_kafka_TopicDescription_error(found[0]);
      rd_kafka_error_code(error) != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return std::unexpected(translate(rd_kafka_error_code(error), query.topic));
  }
  const auto* const uuid = rd_kafka_TopicDescription_topic_id(found[0]);
  std::string topic_id = uuid == nullptr ? "" : rd_kafka_Uuid_base64str(uuid);
  return topic_id == kNoTopicId ? "" : std::move(topic_id);
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
