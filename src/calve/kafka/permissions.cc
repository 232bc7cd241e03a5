#include "calve/kafka/permissions.h"

#include <array>
#include <cstdint>
#include <limits>

#include "calve/kafka/ask.h"
#include "calve/kafka/handles.h"

namespace calve::kafka {
namespace {

constexpr std::int32_t kFirstPartition = 0;
constexpr std::int32_t kNoPartition = std::numeric_limits<std::int32_t>::max();
constexpr int kAnswerGraceMs = 500;  // librdkafka answers by itself when the request's time is over

using MessageHandle = std::unique_ptr<rd_kafka_message_t, Destroyer<rd_kafka_message_destroy>>;
using AdminOptions = std::unique_ptr<rd_kafka_AdminOptions_t, Destroyer<rd_kafka_AdminOptions_destroy>>;
using GroupOffsets = std::unique_ptr<rd_kafka_AlterConsumerGroupOffsets_t,
                                     Destroyer<rd_kafka_AlterConsumerGroupOffsets_destroy>>;

Result<void> fetch_once(rd_kafka_t* client, const std::string& name, Milliseconds wait_max) {
  const TopicHandle topic(rd_kafka_topic_new(client, name.c_str(), nullptr));
  if (topic == nullptr || rd_kafka_consume_start(topic.get(), kFirstPartition, RD_KAFKA_OFFSET_END) != 0) {
    return std::unexpected(translate(rd_kafka_last_error(), name));
  }
  const MessageHandle message(
      rd_kafka_consume(topic.get(), kFirstPartition, static_cast<int>(wait_max.count())));
  rd_kafka_consume_stop(topic.get(), kFirstPartition);
  if (message == nullptr) return std::unexpected(translate(RD_KAFKA_RESP_ERR__TIMED_OUT, name));
  if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR || message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF)
    return {};
  return std::unexpected(translate(message->err, name));
}

// The broker's word on the one partition.
Result<rd_kafka_resp_err_t> commit_once(rd_kafka_t* client, const GroupQuery& query, Milliseconds wait_max) {
  const ListHandle places(rd_kafka_topic_partition_list_new(1));
  rd_kafka_topic_partition_list_add(places.get(), query.topic.c_str(), kNoPartition)->offset = 0;
  const GroupOffsets wanted(rd_kafka_AlterConsumerGroupOffsets_new(query.group.c_str(), places.get()));
  const AdminOptions options(rd_kafka_AdminOptions_new(client, RD_KAFKA_ADMIN_OP_ALTERCONSUMERGROUPOFFSETS));
  const int wait_ms = static_cast<int>(wait_max.count());
  std::array<char, 256> reason{};
  rd_kafka_AdminOptions_set_request_timeout(options.get(), wait_ms, reason.data(), reason.size());
  const QueueHandle answers(rd_kafka_queue_new(client));
  auto* request = wanted.get();
  rd_kafka_AlterConsumerGroupOffsets(client, &request, 1, options.get(), answers.get());

  const EventHandle answer(rd_kafka_queue_poll(answers.get(), wait_ms + kAnswerGraceMs));
  if (answer == nullptr) return std::unexpected(translate(RD_KAFKA_RESP_ERR__TIMED_OUT, query.group));
  if (const auto code = rd_kafka_event_error(answer.get()); code != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return std::unexpected(translate(code, query.group));
  }
  std::size_t count = 0;
  const auto* const* const groups = rd_kafka_AlterConsumerGroupOffsets_result_groups(
      rd_kafka_event_AlterConsumerGroupOffsets_result(answer.get()), &count);
  if (count != 1) return std::unexpected(translate(RD_KAFKA_RESP_ERR__BAD_MSG, query.group));
  if (const auto* const error = rd_kafka_group_result_error(groups[0]); error != nullptr) {
    return std::unexpected(translate(rd_kafka_error_code(error), query.group));
  }
  const auto* const answered = rd_kafka_group_result_partitions(groups[0]);
  if (answered->cnt != 1) return std::unexpected(translate(RD_KAFKA_RESP_ERR__BAD_MSG, query.group));
  return answered->elems[0].err;
}

}  // namespace

Result<void> try_fetch(const ClientConfig& config, const TopicQuery& query, const std::stop_token& stop) {
  return ask(config,
             {.ask = [&](rd_kafka_t* client,
                         Milliseconds wait_max) { return fetch_once(client, query.topic, wait_max); },
              .wait_max = query.wait_max,
              // At the end there is nothing to wait for: the answer alone counts.
              .properties = {{"enable.partition.eof", "true"}, {"fetch.wait.max.ms", "10"}}},
             stop);
}

Result<void> try_commit(const ClientConfig& config, const GroupQuery& query, const std::stop_token& stop) {
  const auto commit = [&](rd_kafka_t* client, Milliseconds wait_max) -> Result<void> {
    const auto code = CALVE_TRY(commit_once(client, query, wait_max));
    switch (static_cast<int>(code)) {
      case RD_KAFKA_RESP_ERR_NO_ERROR:
      // The permission has been looked at before any of these is said.
      case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
      case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
      case RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID:
      case RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION:
      case RD_KAFKA_RESP_ERR_REBALANCE_IN_PROGRESS:
        return {};
      default:
        return std::unexpected(translate(code, query.group));
    }
  };
  return ask(config, {.ask = commit, .wait_max = query.wait_max}, stop);
}

}  // namespace calve::kafka
