// librdkafka's objects as owners, and its errors as ours. For this folder's .cc files alone: no other
// header of the folder shows librdkafka.

#pragma once

#include <memory>
#include <string>

#include <librdkafka/rdkafka.h>

#include "calve/base/result.h"
#include "calve/kafka/client_config.h"

namespace calve::kafka {

template <auto kDestroy>
struct Destroyer {
  template <class T>
  void operator()(T* object) const {
    kDestroy(object);
  }
};

using ConfHandle = std::unique_ptr<rd_kafka_conf_t, Destroyer<rd_kafka_conf_destroy>>;
using ClientHandle = std::unique_ptr<rd_kafka_t, Destroyer<rd_kafka_destroy>>;
using QueueHandle = std::unique_ptr<rd_kafka_queue_t, Destroyer<rd_kafka_queue_destroy>>;
using EventHandle = std::unique_ptr<rd_kafka_event_t, Destroyer<rd_kafka_event_destroy>>;
using ErrorHandle = std::unique_ptr<rd_kafka_error_t, Destroyer<rd_kafka_error_destroy>>;
using TopicHandle = std::unique_ptr<rd_kafka_topic_t, Destroyer<rd_kafka_topic_destroy>>;
using ListHandle =
    std::unique_ptr<rd_kafka_topic_partition_list_t, Destroyer<rd_kafka_topic_partition_list_destroy>>;

// A fresh configuration: the user's properties that are of the role, then Calve's. Its log lines go to
// calve::log.
Result<ConfHandle> make_conf(const ClientConfig& config, Role role, const Properties& ours);

// Only for a configuration that is whole. kConfig with librdkafka's reason.
Result<ClientHandle> make_client(ConfHandle conf, Role role);

// kUnreachable and kUnavailable heal by themselves: librdkafka goes on trying.
Error translate(rd_kafka_resp_err_t code, const std::string& detail);

}  // namespace calve::kafka
