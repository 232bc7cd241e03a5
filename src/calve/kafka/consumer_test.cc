#include "calve/kafka/consumer.h"

#include <atomic>
#include <chrono>
#include <stdexcept>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "calve/kafka/mock_cluster.h"

namespace calve::kafka {
namespace {

using std::chrono::steady_clock;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* kTopic = "orders";
constexpr Milliseconds kPatience{10'000};

class ConsumerTest : public testing::Test {
 protected:
  static ConsumerOptions options(Membership membership) {
    return {.topic = kTopic,
            .group = "calve-test",
            .membership = membership,
            .connect_wait_max = Milliseconds(3'000),
            .metadata_interval = Milliseconds(100)};
  }

  std::unique_ptr<Consumer> connect(Membership membership = Membership::kAlone) {
    auto consumer = Consumer::connect(cluster_.config(), options(membership), {});
    if (!consumer) throw std::runtime_error(consumer.error().message);
    return std::move(*consumer);
  }

  void produce(int first, int last) { ASSERT_TRUE(cluster_.produce(kTopic, first, last)); }

  static std::vector<GroupEvent> await_events(Consumer& consumer) {
    const auto deadline = steady_clock::now() + kPatience;
    while (steady_clock::now() < deadline) {
      auto events = consumer.poll(Milliseconds(100), {});
      EXPECT_TRUE(events) << events.error().message;
      if (!events || !events->empty()) return events.value_or(std::vector<GroupEvent>{});
    }
    return {};
  }

  static std::unique_ptr<PartitionQueue> assign(Consumer& consumer, PartitionStart start) {
    auto queues = consumer.assign({start});
    if (!queues) throw std::runtime_error(queues.error().message);
    return std::move(queues->front());
  }

  // Values up to and with that of `last`.
  static std::vector<std::string> read_until(PartitionQueue& queue, const std::string& last) {
    std::vector<std::string> values;
    batch::RecordBatch batch;
    const auto deadline = steady_clock::now() + kPatience;
    while (steady_clock::now() < deadline && (values.empty() || values.back() != last)) {
      const auto from = queue.position();
      const auto outcome = queue.read(batch, 100, 1'000'000);
      EXPECT_TRUE(outcome) << outcome.error().message;
      if (!outcome) break;
      if (*outcome == PartitionQueue::Outcome::kNothing) {
        std::this_thread::sleep_for(Milliseconds(5));
        continue;
      }
      EXPECT_EQ(batch.from, from);
      EXPECT_EQ(batch.to, queue.position());
      for (const auto& record : batch.records)
        values.emplace_back(batch.payload(record));
    }
    return values;
  }

  // The first error, or none within the patience.
  static Result<void> read_until_error(PartitionQueue& queue) {
    batch::RecordBatch batch;
    const auto deadline = steady_clock::now() + kPatience;
    while (steady_clock::now() < deadline) {
      const auto outcome = queue.read(batch, 100, 1'000'000);
      if (!outcome) return std::unexpected(outcome.error());
      if (*outcome == PartitionQueue::Outcome::kNothing) std::this_thread::sleep_for(Milliseconds(5));
    }
    return {};
  }

  MockCluster cluster_;
};

TEST_F(ConsumerTest, ReadsFromWhereTheCallerSaysAndAgain) {
  cluster_.create(kTopic, 1);
  produce(0, 10);
  const auto consumer = connect();
  EXPECT_THAT(consumer->topic().cluster_id, HasSubstr("mock"));
  EXPECT_THAT(await_events(*consumer),
              ElementsAre(GroupEvent{GroupEvent::Kind::kAssigned, {PartitionId(0)}}));

  auto queue = assign(*consumer, {.partition = PartitionId(0), .offset = Offset(7)});
  EXPECT_THAT(read_until(*queue, "9"), ElementsAre("7", "8", "9"));
  EXPECT_EQ(queue->position(), Offset(10));
  EXPECT_EQ(consumer->known_high(PartitionId(0)), Offset(10));

  queue.reset();
  queue = assign(*consumer, {.partition = PartitionId(0), .offset = Offset(8)});
  EXPECT_THAT(read_until(*queue, "9"), ElementsAre("8", "9")) << "the old fetch position was kept";

  queue.reset();
  queue = assign(*consumer, {.partition = PartitionId(0), .offset = std::nullopt});
  EXPECT_EQ(queue->position(), Offset(0));
  EXPECT_EQ(read_until(*queue, "9").size(), 10u);
}

TEST_F(ConsumerTest, LimitsEndABatchAndNothingIsLost) {
  cluster_.create(kTopic, 1);
  produce(0, 100);
  const auto consumer = connect();
  await_events(*consumer);
  const auto queue = assign(*consumer, {.partition = PartitionId(0), .offset = Offset(0)});
  batch::RecordBatch batch;
  std::vector<std::string> values;
  const auto deadline = steady_clock::now() + kPatience;
  while (values.size() < 100 && steady_clock::now() < deadline) {
    const bool by_bytes = values.size() % 2 == 0;
    const auto outcome = by_bytes ? queue->read(batch, 100, 3) : queue->read(batch, 3, 1'000'000);
    ASSERT_TRUE(outcome) << outcome.error().message;
    if (*outcome == PartitionQueue::Outcome::kNothing) continue;
    EXPECT_LE(batch.records.size(), 3u);
    for (const auto& record : batch.records)
      values.emplace_back(batch.payload(record));
  }
  ASSERT_EQ(values.size(), 100u);
  for (int i = 0; i < 100; ++i)
    EXPECT_EQ(values[static_cast<std::size_t>(i)], std::to_string(i));
}

TEST_F(ConsumerTest, DataWakesTheReader) {
  cluster_.create(kTopic, 1);
  const auto consumer = connect();
  await_events(*consumer);
  const auto queue = assign(*consumer, {.partition = PartitionId(0), .offset = Offset(0)});
  produce(0, 1);
  EXPECT_THAT(read_until(*queue, "0"), ElementsAre("0"));
  batch::RecordBatch batch;
  std::atomic<int> wakes = 0;
  queue->on_data([&] { ++wakes; });
  while (queue->read(batch, 100, 100) == PartitionQueue::Outcome::kBatch) {
  }
  wakes = 0;
  produce(1, 2);
  const auto deadline = steady_clock::now() + kPatience;
  while (wakes == 0 && steady_clock::now() < deadline)
    std::this_thread::sleep_for(Milliseconds(5));
  EXPECT_GE(wakes, 1);
  EXPECT_THAT(read_until(*queue, "1"), ElementsAre("1"));
}

TEST_F(ConsumerTest, AStartBeyondTheEndIsAGap) {
  cluster_.create(kTopic, 1);
  produce(0, 10);
  const auto consumer = connect();
  await_events(*consumer);
  EXPECT_TRUE(consumer->assign({{.partition = PartitionId(0), .offset = Offset(10)}}));
  const auto beyond = consumer->assign({{.partition = PartitionId(0), .offset = Offset(11)}});
  ASSERT_FALSE(beyond);
  EXPECT_EQ(beyond.error().kind, ErrorKind::kSourceGap);
  EXPECT_THAT(beyond.error().message, AllOf(HasSubstr("orders-0, wanted offset 11, the topic holds [0, 10)"),
                                            HasSubstr("created again")));
}

TEST_F(ConsumerTest, OutOfRangeWhileReadingIsAGapForGood) {
  cluster_.create(kTopic, 1);
  produce(0, 10);
  const auto consumer = connect();
  await_events(*consumer);
  cluster_.fail_next(Api::kFetch, RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE, 1);
  const auto queue = assign(*consumer, {.partition = PartitionId(0), .offset = Offset(4)});
  for (int again = 0; again < 2; ++again) {
    const auto read = read_until_error(*queue);
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().kind, ErrorKind::kSourceGap);
    EXPECT_THAT(read.error().message, HasSubstr("wanted offset 4, the topic holds [0, 10)"));
    EXPECT_EQ(queue->position(), Offset(4));
  }
}

TEST_F(ConsumerTest, DeniedFetchIsAccessDenied) {
  cluster_.create(kTopic, 1);
  produce(0, 1);
  const auto consumer = connect();
  await_events(*consumer);
  cluster_.fail_next(Api::kFetch, RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, 100);
  const auto queue = assign(*consumer, {.partition = PartitionId(0), .offset = Offset(0)});
  const auto read = read_until_error(*queue);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().kind, ErrorKind::kAccessDenied);
  EXPECT_THAT(read.error().message, HasSubstr("grant READ"));
}

TEST_F(ConsumerTest, ABrokerThatIsDownIsAStateAndHeals) {
  cluster_.create(kTopic, 1);
  produce(0, 2);
  const auto consumer = connect();
  await_events(*consumer);
  const auto queue = assign(*consumer, {.partition = PartitionId(0), .offset = Offset(0)});
  EXPECT_THAT(read_until(*queue, "1"), ElementsAre("0", "1"));
  EXPECT_TRUE(consumer->connection().reachable);

  cluster_.take_broker_down();
  const auto deadline = steady_clock::now() + kPatience;
  while (consumer->connection().reachable && steady_clock::now() < deadline) {
    ASSERT_TRUE(consumer->poll(Milliseconds(50), {}));
  }
  EXPECT_FALSE(consumer->connection().reachable);
  EXPECT_THAT(consumer->connection().reason, HasSubstr("bootstrap.servers"));
  batch::RecordBatch batch;
  EXPECT_EQ(queue->read(batch, 100, 100), PartitionQueue::Outcome::kNothing);

  cluster_.bring_broker_up();
  produce(2, 3);
  EXPECT_THAT(read_until(*queue, "2"), ElementsAre("2"));
  const auto again = steady_clock::now() + kPatience;
  while (!consumer->connection().reachable && steady_clock::now() < again) {
    ASSERT_TRUE(consumer->poll(Milliseconds(50), {}));
  }
  EXPECT_EQ(consumer->connection().reason, "");
}

TEST_F(ConsumerTest, ConnectSaysWhatIsWrong) {
  cluster_.create(kTopic, 1);
  const struct {
    rd_kafka_resp_err_t answer;
    ErrorKind kind;
    const char* next_step;
  } cases[] = {
      {RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, ErrorKind::kNotFound, "KAFKA_TOPIC"},
      {RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, ErrorKind::kAccessDenied, "grant READ"},
  };
  for (const auto& each : cases) {
    cluster_.set_topic_error(kTopic, each.answer);
    const auto consumer = Consumer::connect(cluster_.config(), options(Membership::kAlone), {});
    ASSERT_FALSE(consumer) << each.next_step;
    EXPECT_EQ(consumer.error().kind, each.kind) << consumer.error().message;
    EXPECT_THAT(consumer.error().message, HasSubstr(each.next_step));
  }
}

TEST_F(ConsumerTest, ConnectGivesUpAndStops) {
  const ClientConfig nobody{.properties = {{"bootstrap.servers", "127.0.0.1:1"}}, .secrets = {}};
  auto patient = options(Membership::kAlone);
  patient.connect_wait_max = Milliseconds(100);
  const auto unreachable = Consumer::connect(nobody, patient, {});
  ASSERT_FALSE(unreachable);
  EXPECT_EQ(unreachable.error().kind, ErrorKind::kUnreachable);

  patient.connect_wait_max = Milliseconds(60'000);
  std::stop_source stop;
  stop.request_stop();
  const auto stopped = Consumer::connect(nobody, patient, stop.get_token());
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().kind, ErrorKind::kCancelled);
}

TEST_F(ConsumerTest, ADeletedTopicEndsTheConsumer) {
  cluster_.create(kTopic, 1);
  const auto consumer = connect();
  await_events(*consumer);
  cluster_.set_topic_error(kTopic, RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART);
  Result<std::vector<GroupEvent>> polled;
  const auto deadline = steady_clock::now() + kPatience;
  while (polled && steady_clock::now() < deadline)
    polled = consumer->poll(Milliseconds(100), {});
  ASSERT_FALSE(polled);
  EXPECT_EQ(polled.error().kind, ErrorKind::kNotFound);
}

}  // namespace
}  // namespace calve::kafka
