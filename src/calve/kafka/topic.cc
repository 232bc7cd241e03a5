#include "calve/kafka/topic.h"

#include <cstdlib>
#include <memory>
#include <utility>

#include <fmt/format.h>

#include "calve/kafka/ask.h"
#include "calve/kafka/metadata.h"

namespace calve::kafka {
namespace {

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
  TopicFacts facts;
  const auto question = [&](rd_kafka_t* client, Milliseconds wait_max) -> Result<void> {
    const TopicHandle topic(rd_kafka_topic_new(client, query.topic.c_str(), nullptr));
    if (topic == nullptr) {
      return fail(ErrorKind::kConfig,
                  fmt::format("Kafka does not accept the topic's name: \"{}\"", query.topic));
    }
    facts = CALVE_TRY(query_facts(client, topic.get(), wait_max));
    return {};
  };
  CALVE_TRY(ask(config, {.ask = question, .wait_max = query.wait_max}, stop));
  return facts;
}

}  // namespace calve::kafka
