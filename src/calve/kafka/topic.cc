#include "calve/kafka/topic.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "calve/kafka/metadata.h"

namespace calve::kafka {
namespace {

constexpr Milliseconds kAttemptMax{500};

// Refused credentials never answer a request: they only show as events.
std::optional<Error> drain_errors(rd_kafka_queue_t* queue, Error& last) {
  while (const EventHandle event{rd_kafka_queue_poll(queue, 0)}) {
    if (rd_kafka_event_type(event.get()) != RD_KAFKA_EVENT_ERROR) continue;
    last = translate(rd_kafka_event_error(event.get()), rd_kafka_event_error_string(event.get()));
    if (last.kind == ErrorKind::kAccessDenied) return last;
  }
  return std::nullopt;
}

Result<TopicFacts> query_facts(rd_kafka_t* client, rd_kafka_topic_t* topic, Milliseconds wait_max) {
  const auto answer = CALVE_TRY(query_topic(client, topic, wait_max));
  auto topic_id = CALVE_TRY(query_topic_id(
      client, {.topic = rd_kafka_topic_name(topic), .broker = answer.broker, .wait_max = wait_max}));
  const std::unique_ptr<char, Destroyer<std::free>> cluster(
      rd_kafka_clusterid(client, static_cast<int>(wait_max.count())));
  return TopicFacts{.cluster_id = cluster == nullptr ? "" : cluster.get(),
                    .topic_id = std::move(topic_id),
                    .partition_count = answer.partition_count};
}

}  // namespace

Result<TopicFacts> describe_topic(const ClientConfig& config, const TopicQuery& query,
                                  const std::stop_token& stop) {
  auto conf = CALVE_TRY(make_conf(config, Role::kConsumer, {}));
  rd_kafka_conf_set_events(conf.get(), RD_KAFKA_EVENT_ERROR);
  const auto client = CALVE_TRY(make_client(std::move(conf), Role::kConsumer));
  const QueueHandle events(rd_kafka_queue_get_main(client.get()));
  const TopicHandle topic(rd_kafka_topic_new(client.get(), query.topic.c_str(), nullptr));
  if (topic == nullptr) {
    return fail(ErrorKind::kConfig,
                fmt::format("Kafka does not accept the topic's name: \"{}\"", query.topic));
  }

  const auto deadline = std::chrono::steady_clock::now() + query.wait_max;
  while (true) {
    const auto left = std::chrono::ceil<Milliseconds>(deadline - std::chrono::steady_clock::now());
    const auto attempt_max = std::clamp(left, Milliseconds(1), kAttemptMax);
    const auto facts = query_facts(client.get(), topic.get(), attempt_max);
    if (facts) return facts;
    if (facts.error().kind != ErrorKind::kUnreachable && facts.error().kind != ErrorKind::kUnavailable) {
      return std::unexpected(facts.error());
    }
    Error last = facts.error();
    if (auto denied = drain_errors(events.get(), last)) return std::unexpected(*std::move(denied));
    if (stop.stop_requested()) return fail(ErrorKind::kCancelled, "stopped while connecting to Kafka");
    if (std::chrono::steady_clock::now() >= deadline) return std::unexpected(last);
  }
}

}  // namespace calve::kafka
