// An in-process cluster for tests, whose brokers answer what they are told. Its topics are the ones
// that create() makes.

#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#include "calve/kafka/client_config.h"
#include "calve/kafka/handles.h"

namespace calve::kafka {

// Numbers of the Kafka protocol.
enum class Api : std::int16_t { kProduce = 0, kFetch = 1 };

class MockCluster {
 public:
  MockCluster() : owner_(make_owner()), cluster_(rd_kafka_handle_mock_cluster(owner_.get())) {}

  ClientConfig config() const {
    return {.properties = {{"bootstrap.servers", rd_kafka_mock_cluster_bootstraps(cluster_)},
                           {"reconnect.backoff.max.ms", "200"},
                           {"fetch.wait.max.ms", "20"},
                           {"fetch.error.backoff.ms", "20"}},
            .secrets = {}};
  }

  void create(const std::string& topic, int partitions) {
    rd_kafka_mock_topic_create(cluster_, topic.c_str(), partitions, 1);
  }
  // The numbers [first, last) as values into partition 0; says whether all of them arrived.
  [[nodiscard]] bool produce(const std::string& topic, int first, int last) {
    const TopicHandle handle(rd_kafka_topic_new(owner_.get(), topic.c_str(), nullptr));
    for (int i = first; i < last; ++i) {
      auto value = std::to_string(i);
      rd_kafka_produce(handle.get(), 0, RD_KAFKA_MSG_F_COPY, value.data(), value.size(), nullptr, 0, nullptr);
    }
    return rd_kafka_flush(owner_.get(), 10'000) == RD_KAFKA_RESP_ERR_NO_ERROR;
  }
  void set_topic_error(const std::string& topic, rd_kafka_resp_err_t error) {
    rd_kafka_mock_topic_set_error(cluster_, topic.c_str(), error);
  }
  // The next `count` answers to that request.
  void fail_next(Api api, rd_kafka_resp_err_t error, std::size_t count) {
    const std::vector<rd_kafka_resp_err_t> errors(count, error);
    rd_kafka_mock_push_request_errors_array(cluster_, static_cast<std::int16_t>(api), count, errors.data());
  }
  void take_broker_down() { rd_kafka_mock_broker_set_down(cluster_, 1); }
  void bring_broker_up() { rd_kafka_mock_broker_set_up(cluster_, 1); }

 private:
  static ClientHandle make_owner() {
    ConfHandle conf(rd_kafka_conf_new());
    rd_kafka_conf_set_log_cb(conf.get(), nullptr);
    for (const auto& [name, value] : {std::pair{"test.mock.num.brokers", "1"}, std::pair{"linger.ms", "0"}}) {
      rd_kafka_conf_set(conf.get(), name, value, nullptr, 0);
    }
    return *make_client(std::move(conf), Role::kProducer);
  }

  ClientHandle owner_;
  rd_kafka_mock_cluster_t* cluster_;  // of owner_
};

}  // namespace calve::kafka
