#include "calve/kafka/producer.h"

#include <stdexcept>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "calve/kafka/mock_cluster.h"

namespace calve::kafka {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

constexpr const char* kTopic = "orders";

class ProducerTest : public testing::Test {
 protected:
  ProducerTest() { cluster_.create(kTopic, 1); }

  std::unique_ptr<Producer> connect(ProducerOptions options) {
    options.topic = kTopic;
    auto producer = Producer::connect(cluster_.config(), options, {});
    if (!producer) throw std::runtime_error(producer.error().message);
    return std::move(*producer);
  }

  MockCluster cluster_;
};

TEST_F(ProducerTest, CountsWhatIsDelivered) {
  const auto producer = connect({});
  for (int i = 0; i < 1'000; ++i)
    ASSERT_TRUE(producer->send("key", "value", {}));
  ASSERT_TRUE(producer->send_with_headers("", "value", {{"reason", "because"}}, {}));
  const auto flushed = producer->flush(Milliseconds(10'000));
  ASSERT_TRUE(flushed) << flushed.error().message;
  EXPECT_EQ(producer->counts(), (ProducerCounts{.accepted = 1'001, .delivered = 1'001, .failed = 0}));
}

TEST_F(ProducerTest, RetriesWhatPasses) {
  const auto producer = connect({});
  cluster_.fail_next(Api::kProduce, RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION, 2);
  ASSERT_TRUE(producer->send("key", "value", {}));
  const auto flushed = producer->flush(Milliseconds(10'000));
  EXPECT_TRUE(flushed) << flushed.error().message;
  EXPECT_EQ(producer->counts().delivered, 1);
}

TEST_F(ProducerTest, FailuresAreCountedAndTheFirstAreKept) {
  const auto producer = connect({.delivery_wait_max = Milliseconds(300), .errors_kept_max = 2});
  cluster_.take_broker_down();
  for (int i = 0; i < 5; ++i)
    ASSERT_TRUE(producer->send("key", "value", {}));
  const auto flushed = producer->flush(Milliseconds(10'000));
  ASSERT_FALSE(flushed);
  EXPECT_EQ(flushed.error().kind, ErrorKind::kUnreachable);
  EXPECT_THAT(flushed.error().message, HasSubstr("messages not delivered: 5 of 5"));
  EXPECT_EQ(producer->counts(), (ProducerCounts{.accepted = 5, .delivered = 0, .failed = 5}));
  EXPECT_THAT(producer->first_errors(), SizeIs(2));
}

TEST_F(ProducerTest, AFullQueueHoldsTheCallerUntilAStop) {
  const auto producer = connect({.queue_messages_max = 3});
  cluster_.take_broker_down();
  std::stop_source stop;
  for (int i = 0; i < 3; ++i)
    ASSERT_TRUE(producer->send("key", "value", stop.get_token()));
  stop.request_stop();
  const auto sent = producer->send("key", "value", stop.get_token());
  ASSERT_FALSE(sent) << "the queue took more than its bound";
  EXPECT_EQ(sent.error().kind, ErrorKind::kCancelled);
  EXPECT_EQ(producer->counts().accepted, 3);

  cluster_.bring_broker_up();
  ASSERT_TRUE(producer->send("key", "value", {})) << "room came with the broker";
  EXPECT_TRUE(producer->flush(Milliseconds(10'000)));
  EXPECT_EQ(producer->counts().delivered, 4);
}

TEST_F(ProducerTest, RefusesAMessageThatKafkaCannotTake) {
  const auto producer = connect({});
  const auto sent = producer->send("", std::string(2'000'000, 'x'), {});
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().kind, ErrorKind::kInvalidData);
  EXPECT_THAT(sent.error().message, HasSubstr("message.max.bytes"));
}

TEST_F(ProducerTest, ConnectNamesAMissingTopic) {
  cluster_.set_topic_error(kTopic, RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART);
  const auto producer = Producer::connect(cluster_.config(), {.topic = kTopic}, {});
  ASSERT_FALSE(producer);
  EXPECT_EQ(producer.error().kind, ErrorKind::kNotFound);
}

}  // namespace
}  // namespace calve::kafka
