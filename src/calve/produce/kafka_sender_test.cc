#include "calve/produce/kafka_sender.h"

#include <array>
#include <map>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "calve/kafka/mock_cluster.h"
#include "calve/produce/partitioner.h"
#include "calve/produce/run.h"

namespace calve::produce {
namespace {

constexpr const char* kTopic = "orders.created.v1";
constexpr int kPartitions = 3;

class KafkaSenderTest : public testing::Test {
 protected:
  KafkaSenderTest() { cluster_.create(kTopic, kPartitions); }

  // Values by partition and key, each in its order.
  using Content = std::map<std::pair<std::int32_t, std::string>, std::string>;

  Content read(int count) {
    kafka::ConfHandle conf(rd_kafka_conf_new());
    std::array<char, 256> error{};
    for (const auto& [name, value] : cluster_.config().properties) {
      rd_kafka_conf_set(conf.get(), name.c_str(), value.c_str(), error.data(), error.size());
    }
    rd_kafka_conf_set(conf.get(), "group.id", "test", error.data(), error.size());
    auto consumer = kafka::make_client(std::move(conf), kafka::Role::kConsumer);
    EXPECT_TRUE(consumer);
    rd_kafka_topic_partition_list_t* all = rd_kafka_topic_partition_list_new(kPartitions);
    for (int partition = 0; partition < kPartitions; ++partition) {
      rd_kafka_topic_partition_list_add(all, kTopic, partition)->offset = RD_KAFKA_OFFSET_BEGINNING;
    }
    rd_kafka_assign(consumer->get(), all);
    rd_kafka_topic_partition_list_destroy(all);
    Content content;
    while (count > 0) {
      rd_kafka_message_t* message = rd_kafka_consumer_poll(consumer->get(), 5'000);
      if (message == nullptr) break;
      if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
        const std::string key(static_cast<const char*>(message->key), message->key_len);
        content[{message->partition, key}].append(static_cast<const char*>(message->payload), message->len);
        --count;
      }
      rd_kafka_message_destroy(message);
    }
    EXPECT_EQ(count, 0) << "events that did not come";
    return content;
  }

  KafkaTarget target(Milliseconds delivery_wait_max = Milliseconds(10'000)) const {
    return {.client = cluster_.config(), .topic = kTopic, .delivery_wait_max = delivery_wait_max};
  }

  kafka::MockCluster cluster_;
};

TEST_F(KafkaSenderTest, EventsAreInThePartitionOfTheirKeyInOrder) {
  auto sender = open_kafka_sender(target(), {});
  ASSERT_TRUE(sender) << sender.error().message;
  Content expected;
  for (int at = 0; at < 500; ++at) {
    const std::string key = "C" + std::to_string(at % 20);
    const std::string payload = "{" + std::to_string(at) + "}";
    ASSERT_TRUE((*sender)->send({.key = key, .payload = payload}));
    expected[{partition_of(key, kPartitions).value(), key}] += payload;
  }
  const auto closed = (*sender)->close();
  ASSERT_TRUE(closed) << closed.error().message;
  EXPECT_EQ((*sender)->deliveries(), (Deliveries{.delivered = 500, .failed = 0}));
  EXPECT_EQ((*sender)->first_failure(), std::nullopt);
  EXPECT_EQ(read(500), expected);
}

TEST_F(KafkaSenderTest, FailedEventsAreCountedAndTheSummaryTellsTheFirst) {
  const auto options =
      validate({.target = target(Milliseconds(300)), .count = 5, .seed = 1, .customers = 10, .products = 10});
  ASSERT_TRUE(options) << options.error().message;
  auto sender = open_sender(options->target, {});
  ASSERT_TRUE(sender) << sender.error().message;
  cluster_.take_broker_down();
  const auto summary = produce(*options, {.sender = **sender}, {}, {});
  ASSERT_TRUE(summary) << summary.error().message;
  EXPECT_EQ(summary->sent, 5u);
  EXPECT_EQ(summary->deliveries, (Deliveries{.delivered = 0, .failed = 5}));
  ASSERT_TRUE(summary->first_failure);
  EXPECT_THAT(to_json(*summary), testing::HasSubstr(R"("delivery_errors":5,"first_delivery_error":")"));
}

TEST_F(KafkaSenderTest, TopicThatIsMissingIsFoundOutAtOnce) {
  cluster_.set_topic_error(kTopic, RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART);
  const auto sender = open_kafka_sender(target(), {});
  ASSERT_FALSE(sender);
  EXPECT_EQ(sender.error().kind, ErrorKind::kNotFound);
}

}  // namespace
}  // namespace calve::produce
