// A topic of its own on a real broker, for one test: what the engine never does to a topic.

#pragma once

#include <array>
#include <chrono>
#include <cstdlib>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "calve/base/ids.h"
#include "calve/base/uuid.h"
#include "calve/kafka/client_config.h"
#include "calve/kafka/handles.h"
#include "calve/kafka/metadata.h"

namespace calve::kafka {

class TestTopic {
 public:
  enum class End { kCommit, kAbort };

  explicit TestTopic(int partitions) : name_("calve-test-" + to_string(random_uuid())) {
    client_ = make("");
    create(partitions);
  }
  ~TestTopic() { remove(); }
  TestTopic(const TestTopic&) = delete;
  TestTopic& operator=(const TestTopic&) = delete;

  void recreate(int partitions) {
    remove();
    create(partitions);
  }

  static ClientConfig config() {
    return {.properties = {{"bootstrap.servers", std::getenv("CALVE_TEST_KAFKA")}}, .secrets = {}};
  }
  const std::string& name() const { return name_; }

  // No value makes a tombstone.
  void produce(PartitionId partition, const std::optional<std::string>& value) {
    produce_by(client_.get(), partition, value);
    ASSERT_EQ(rd_kafka_flush(client_.get(), kWaitMaxMs), RD_KAFKA_RESP_ERR_NO_ERROR);
  }

  void produce_in_transaction(PartitionId partition, const std::vector<std::string>& values, End end) {
    const auto client = make(name_);
    check(rd_kafka_init_transactions(client.get(), kWaitMaxMs));
    check(rd_kafka_begin_transaction(client.get()));
    for (const auto& value : values)
      produce_by(client.get(), partition, value);
    ASSERT_EQ(rd_kafka_flush(client.get(), kWaitMaxMs), RD_KAFKA_RESP_ERR_NO_ERROR);
    check(end == End::kCommit ? rd_kafka_commit_transaction(client.get(), kWaitMaxMs)
                              : rd_kafka_abort_transaction(client.get(), kWaitMaxMs));
  }

  void grow_to(int partitions) {
    std::array<char, 256> reason{};
    rd_kafka_NewPartitions_t* grown = rd_kafka_NewPartitions_new(
        name_.c_str(), static_cast<std::size_t>(partitions), reason.data(), reason.size());
    const auto answered = await([&](rd_kafka_queue_t* queue) {
      rd_kafka_CreatePartitions(client_.get(), &grown, 1, nullptr, queue);
    });
    EXPECT_EQ(rd_kafka_event_error(answered.get()), RD_KAFKA_RESP_ERR_NO_ERROR);
    rd_kafka_NewPartitions_destroy(grown);
    await_partitions(partitions);
  }

  // As retention does.
  void delete_records_before(PartitionId partition, Offset offset) {
    const ListHandle list(rd_kafka_topic_partition_list_new(1));
    rd_kafka_topic_partition_list_add(list.get(), name_.c_str(), partition.value())->offset = offset.value();
    rd_kafka_DeleteRecords_t* records = rd_kafka_DeleteRecords_new(list.get());
    const auto answered = await(
        [&](rd_kafka_queue_t* queue) { rd_kafka_DeleteRecords(client_.get(), &records, 1, nullptr, queue); });
    EXPECT_EQ(rd_kafka_event_error(answered.get()), RD_KAFKA_RESP_ERR_NO_ERROR);
    rd_kafka_DeleteRecords_destroy(records);
  }

 private:
  static constexpr int kWaitMaxMs = 20'000;

  static ClientHandle make(const std::string& transactional_id) {
    Properties properties = {{"linger.ms", "0"}};
    if (!transactional_id.empty()) properties.emplace("transactional.id", transactional_id);
    return *make_client(*make_conf(config(), Role::kProducer, properties), Role::kProducer);
  }

  void remove() {
    rd_kafka_DeleteTopic_t* topic = rd_kafka_DeleteTopic_new(name_.c_str());
    const auto answered = await(
        [&](rd_kafka_queue_t* queue) { rd_kafka_DeleteTopics(client_.get(), &topic, 1, nullptr, queue); });
    EXPECT_EQ(rd_kafka_event_error(answered.get()), RD_KAFKA_RESP_ERR_NO_ERROR);
    rd_kafka_DeleteTopic_destroy(topic);
  }

  void create(int partitions) {
    std::array<char, 256> reason{};
    rd_kafka_NewTopic_t* topic =
        rd_kafka_NewTopic_new(name_.c_str(), partitions, 1, reason.data(), reason.size());
    const auto answered = await(
        [&](rd_kafka_queue_t* queue) { rd_kafka_CreateTopics(client_.get(), &topic, 1, nullptr, queue); });
    EXPECT_EQ(rd_kafka_event_error(answered.get()), RD_KAFKA_RESP_ERR_NO_ERROR);
    rd_kafka_NewTopic_destroy(topic);
    await_partitions(partitions);
  }

  // What is made is not yet known to the broker that clients ask.
  void await_partitions(int count) {
    const TopicHandle topic(rd_kafka_topic_new(client_.get(), name_.c_str(), nullptr));
    const auto deadline = std::chrono::steady_clock::now() + Milliseconds(kWaitMaxMs);
    const auto known = [&] {
      const auto answer = query_topic(client_.get(), topic.get(), Milliseconds(kWaitMaxMs));
      return answer ? answer->partition_count : 0;
    };
    while (known() != count) {
      ASSERT_LT(std::chrono::steady_clock::now(), deadline) << "the new partitions do not appear";
      std::this_thread::sleep_for(Milliseconds(20));
    }
  }

  template <class Ask>
  EventHandle await(const Ask& ask) {
    const QueueHandle queue(rd_kafka_queue_new(client_.get()));
    ask(queue.get());
    return EventHandle(rd_kafka_queue_poll(queue.get(), kWaitMaxMs));
  }

  void produce_by(rd_kafka_t* client, PartitionId partition, const std::optional<std::string>& value) {
    const TopicHandle topic(rd_kafka_topic_new(client, name_.c_str(), nullptr));
    std::string bytes = value.value_or("");
    const int refused = rd_kafka_produce(topic.get(), partition.value(), RD_KAFKA_MSG_F_COPY,
                                         value ? bytes.data() : nullptr, bytes.size(), "key", 3, nullptr);
    ASSERT_EQ(refused, 0) << rd_kafka_err2str(rd_kafka_last_error());
  }

  static void check(rd_kafka_error_t* answer) {
    const ErrorHandle error(answer);
    ASSERT_EQ(error, nullptr) << rd_kafka_error_string(error.get());
  }

  std::string name_;
  ClientHandle client_;
};

}  // namespace calve::kafka
