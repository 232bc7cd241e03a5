#include "calve/kafka/producer.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <mutex>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "calve/kafka/handles.h"
#include "calve/kafka/topic.h"

namespace calve::kafka {
namespace {

constexpr int kReportWaitMs = 50;

Properties properties_of(const ClientConfig& config, const ProducerOptions& options) {
  Properties ours = {
      {"enable.idempotence", "true"},
      {"acks", "all"},
      {"queue.buffering.max.kbytes",
       std::to_string(std::max(options.queue_bytes_max / 1'024, std::size_t{1}))},
      {"queue.buffering.max.messages", std::to_string(options.queue_messages_max)},
      {"delivery.report.only.error", "true"},  // a report for each success costs a fifth of the sending
      {"delivery.timeout.ms", std::to_string(options.delivery_wait_max.count())},
  };
  const Properties unless_given = {
      {"compression.codec", "lz4"},
      {"linger.ms", std::to_string(options.linger.count())},
      {"partitioner", "murmur2_random"},
      {"batch.size", "1000000"},
  };
  const bool names_compression = config.properties.contains("compression.type");
  for (const auto& [name, value] : unless_given) {
    if (config.properties.contains(name) || (name == "compression.codec" && names_compression)) continue;
    ours.emplace(name, value);
  }
  return ours;
}

}  // namespace

class Producer::State {
 public:
  State(ProducerOptions options, ConfHandle conf) : options_(std::move(options)) {
    rd_kafka_conf_set_opaque(conf.get(), this);
    rd_kafka_conf_set_dr_msg_cb(conf.get(), [](rd_kafka_t*, const rd_kafka_message_t* message, void* self) {
      static_cast<State*>(self)->take_report(*message);
    });
    rd_kafka_conf_set_error_cb(conf.get(), [](rd_kafka_t* client, int code, const char* reason, void* self) {
      static_cast<State*>(self)->take_error(client, static_cast<rd_kafka_resp_err_t>(code), reason);
    });
    conf_ = std::move(conf);
  }

  ~State() {
    reporter_ = {};  // before the client that it polls
    if (client_ == nullptr) return;
    rd_kafka_purge(client_.get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
    rd_kafka_poll(client_.get(), 0);
  }

  Result<void> start() {
    client_ = CALVE_TRY(make_client(std::move(conf_), Role::kProducer));
    topic_.reset(rd_kafka_topic_new(client_.get(), options_.topic.c_str(), nullptr));
    if (topic_ == nullptr) {
      return fail(ErrorKind::kConfig,
                  fmt::format("Kafka does not accept the topic's name: \"{}\"", options_.topic));
    }
    // Reports are taken by a thread of their own: the caller only hands over.
    reporter_ = std::jthread([this](const std::stop_token& stop) {
      while (!stop.stop_requested())
        rd_kafka_poll(client_.get(), kReportWaitMs);
    });
    return {};
  }

  template <class Produce>
  Result<void> send(const std::stop_token& stop, const Produce& produce) {
    while (true) {
      if (is_fatal_.load(std::memory_order_relaxed)) return std::unexpected(first_errors().front());
      const auto code = produce();
      if (code == RD_KAFKA_RESP_ERR_NO_ERROR) {
        accepted_.fetch_add(1, std::memory_order_relaxed);
        return {};
      }
      if (code != RD_KAFKA_RESP_ERR__QUEUE_FULL) return std::unexpected(translate(code, options_.topic));
      if (stop.stop_requested())
        return fail(ErrorKind::kCancelled, "stopped while Kafka's send queue was full");
      std::this_thread::sleep_for(kQueueFullPause);
    }
  }

  Result<void> flush(Milliseconds wait_max) {
    const auto code = rd_kafka_flush(client_.get(), static_cast<int>(wait_max.count()));
    const auto now = counts();
    const auto errors = first_errors();
    if (!errors.empty()) {
      return fail(errors.front().kind, fmt::format("{}; messages not delivered: {} of {}",
                                                   errors.front().message, now.failed, now.accepted));
    }
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR) return {};
    return fail(
        ErrorKind::kUnreachable,
        fmt::format("Kafka has not acknowledged all messages in time; check that the broker runs: {} of {} "
                    "are delivered",
                    now.delivered, now.accepted));
  }

  ProducerCounts counts() const {
    // In this order, so that what is accepted meanwhile does not count as delivered.
    const auto accepted = accepted_.load();
    const auto failed = failed_.load();
    const std::int64_t waiting = rd_kafka_outq_len(client_.get());
    return {.accepted = accepted,
            .delivered = std::max<std::int64_t>(accepted - failed - waiting, 0),
            .failed = failed};
  }

  std::vector<Error> first_errors() const {
    const std::lock_guard lock(errors_mutex_);
    return errors_;
  }

  rd_kafka_t* client() const { return client_.get(); }
  rd_kafka_topic_t* topic() const { return topic_.get(); }

 private:
  static constexpr Milliseconds kQueueFullPause{1};

  void take_report(const rd_kafka_message_t& message) {
    failed_.fetch_add(1, std::memory_order_relaxed);
    keep(translate(message.err, options_.topic));
  }

  void take_error(rd_kafka_t* client, rd_kafka_resp_err_t code, const char* reason) {
    if (code != RD_KAFKA_RESP_ERR__FATAL) {
      auto error = translate(code, reason);
      if (error.kind != ErrorKind::kAccessDenied) return;  // librdkafka tries again, reports tell the end
      keep(std::move(error));
    } else {
      std::array<char, 512> text{};
      const auto cause = rd_kafka_fatal_error(client, text.data(), text.size());
      keep({ErrorKind::kInternal, fmt::format("Kafka's producer cannot go on; start again: {}: {}",
                                              rd_kafka_err2name(cause), text.data())});
    }
    is_fatal_ = true;
  }

  void keep(Error error) {
    const std::lock_guard lock(errors_mutex_);
    if (errors_.size() < options_.errors_kept_max) errors_.push_back(std::move(error));
  }

  ProducerOptions options_;
  ConfHandle conf_;
  std::atomic<std::int64_t> accepted_ = 0;
  std::atomic<std::int64_t> failed_ = 0;
  std::atomic<bool> is_fatal_ = false;
  mutable std::mutex errors_mutex_;
  std::vector<Error> errors_;
  ClientHandle client_;
  TopicHandle topic_;
  std::jthread reporter_;
};

Result<std::unique_ptr<Producer>> Producer::connect(const ClientConfig& config, ProducerOptions options,
                                                    const std::stop_token& stop) {
  CALVE_TRY(describe_topic(config, {.topic = options.topic, .wait_max = options.connect_wait_max}, stop));
  auto conf = CALVE_TRY(make_conf(config, Role::kProducer, properties_of(config, options)));
  auto state = std::make_unique<State>(std::move(options), std::move(conf));
  CALVE_TRY(state->start());
  return std::unique_ptr<Producer>(new Producer(std::move(state)));
}

Producer::Producer(std::unique_ptr<State> state) : state_(std::move(state)) {}
Producer::~Producer() = default;

Result<void> Producer::send(std::string_view key, std::string_view value, const std::stop_token& stop) {
  return state_->send(stop, [&] {
    const int refused = rd_kafka_produce(state_->topic(), RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY,
                                         const_cast<char*>(value.data()), value.size(),
                                         key.empty() ? nullptr : key.data(), key.size(), nullptr);
    return refused == 0 ? RD_KAFKA_RESP_ERR_NO_ERROR : rd_kafka_last_error();
  });
}

Result<void> Producer::send_with_headers(std::string_view key, std::string_view value,
                                         const std::vector<Header>& headers, const std::stop_token& stop) {
  return state_->send(stop, [&] {
    rd_kafka_headers_t* const list = rd_kafka_headers_new(headers.size());
    for (const auto& header : headers) {
      rd_kafka_header_add(list, header.name.data(), static_cast<ssize_t>(header.name.size()),
                          header.value.data(), static_cast<ssize_t>(header.value.size()));
    }
    const auto code = rd_kafka_producev(state_->client(), RD_KAFKA_V_RKT(state_->topic()),
                                        RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
                                        RD_KAFKA_V_VALUE(const_cast<char*>(value.data()), value.size()),
                                        RD_KAFKA_V_KEY(key.empty() ? nullptr : key.data(), key.size()),
                                        RD_KAFKA_V_HEADERS(list), RD_KAFKA_V_END);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) rd_kafka_headers_destroy(list);  // else librdkafka took it
    return code;
  });
}

Result<void> Producer::flush(Milliseconds wait_max) {
  return state_->flush(wait_max);
}
ProducerCounts Producer::counts() const {
  return state_->counts();
}
std::vector<Error> Producer::first_errors() const {
  return state_->first_errors();
}

}  // namespace calve::kafka
