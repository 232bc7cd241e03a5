#include "calve/kafka/consumer.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <mutex>
#include <set>
#include <string_view>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "calve/base/log.h"
#include "calve/kafka/metadata.h"
#include "calve/kafka/partition_queue.h"

namespace calve::kafka {
namespace {

using std::chrono::steady_clock;

// Before, the process is aborted if a cooperative member leaves between joining and its first assignment
// (librdkafka#4312).
static_assert(RD_KAFKA_VERSION >= 0x02030000);

constexpr std::size_t kPartitionQueueKbytesMin = 256;
constexpr Milliseconds kPollSlice{100};          // how soon a stop is seen
constexpr Milliseconds kMetadataWaitMax{1'000};  // of one request
constexpr Milliseconds kUnreachableRetryInterval{1'000};
constexpr int kTopicMissingMax = 3;  // answers in a row: a new topic takes a while to be everywhere

std::size_t queue_kbytes_per_partition(const ConsumerOptions& options, std::int32_t partition_count) {
  const auto share = options.fetch_queue_bytes_max / static_cast<std::size_t>(std::max(partition_count, 1));
  return std::max(share / 1'024, kPartitionQueueKbytesMin);
}

Properties properties_of(const ConsumerOptions& options, std::int32_t partition_count) {
  return {
      {"group.id", options.group},
      {"enable.auto.commit", "false"},
      {"enable.auto.offset.store", "false"},
      {"auto.offset.reset", "error"},
      {"isolation.level", "read_committed"},
      {"enable.partition.eof", "true"},
      {"partition.assignment.strategy", "cooperative-sticky"},
      // By default a full queue is looked at again after a whole second, in which a worker runs dry.
      {"fetch.queue.backoff.ms", "5"},
      // The bound is of one queue, and each partition has a queue of its own.
      {"queued.max.messages.kbytes", std::to_string(queue_kbytes_per_partition(options, partition_count))},
      {"topic.metadata.refresh.interval.ms", std::to_string(options.metadata_interval.count())},
  };
}

ListHandle make_list(std::size_t size) {
  return ListHandle(rd_kafka_topic_partition_list_new(static_cast<int>(size)));
}

Result<void> to_result(rd_kafka_error_t* answer) {
  const ErrorHandle error(answer);
  if (error == nullptr) return {};
  return std::unexpected(translate(rd_kafka_error_code(error.get()), rd_kafka_error_string(error.get())));
}

}  // namespace

class Consumer::State {
 public:
  State(ConsumerOptions options, TopicFacts facts, ClientHandle client)
      : options_(std::move(options)),
        facts_(std::move(facts)),
        client_(std::move(client)),
        topic_(rd_kafka_topic_new(client_.get(), options_.topic.c_str(), nullptr)) {
    rd_kafka_poll_set_consumer(client_.get());
    events_.reset(rd_kafka_queue_get_consumer(client_.get()));
  }
  ~State() { close(); }

  Result<void> join() {
    if (options_.membership == Membership::kAlone) return {};
    // A member that joins before it knows the topic's partitions joins twice.
    broker_ = CALVE_TRY(query_topic(client_.get(), topic_.get(), kMetadataWaitMax)).broker;
    next_metadata_ = steady_clock::now() + options_.metadata_interval;
    const auto topics = make_list(1);
    rd_kafka_topic_partition_list_add(topics.get(), options_.topic.c_str(), RD_KAFKA_PARTITION_UA);
    const auto code = rd_kafka_subscribe(client_.get(), topics.get());
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return std::unexpected(translate(code, "joining the group"));
    return {};
  }

  const TopicFacts& topic() const { return facts_; }

  Result<std::vector<GroupEvent>> poll(Milliseconds wait_max, const std::stop_token& stop) {
    const auto deadline = steady_clock::now() + wait_max;
    std::vector<GroupEvent> found;
    while (true) {
      CALVE_TRY(refresh_metadata(found));
      const auto left = std::chrono::ceil<Milliseconds>(deadline - steady_clock::now());
      const bool is_last = !found.empty() || left <= Milliseconds(0) || stop.stop_requested();
      CALVE_TRY(take_events(is_last ? Milliseconds(0) : std::min(left, kPollSlice), found));
      if (is_last) return found;
    }
  }

  Result<std::vector<std::unique_ptr<PartitionQueue>>> assign(const std::vector<PartitionStart>& starts) {
    std::vector<std::unique_ptr<PartitionQueue>> queues;
    const auto list = make_list(starts.size());
    for (const auto& start : starts) {
      const auto watermarks = query_watermarks(client_.get(), options_.topic, start.partition);
      if (!watermarks) return std::unexpected(watermarks.error());
      const auto offset = start.offset.value_or(watermarks->low);
      if (offset < watermarks->low || offset > watermarks->high) {
        return std::unexpected(source_gap(options_.topic, start, watermarks));
      }
      rd_kafka_topic_partition_list_add(list.get(), options_.topic.c_str(), start.partition.value())->offset =
          offset.value();
    }
    CALVE_TRY(take_back(starts));
    for (int i = 0; i < list->cnt; ++i) {
      queues.push_back(split_partition_queue({.client = client_.get(),
                                              .topic = options_.topic,
                                              .partition = PartitionId(list->elems[i].partition),
                                              .start = Offset(list->elems[i].offset)}));
    }
    CALVE_TRY(to_result(rd_kafka_incremental_assign(client_.get(), list.get())));
    for (const auto& start : starts)
      fetching_.insert(start.partition);
    return queues;
  }

  Result<void> unassign(const std::vector<PartitionId>& partitions) {
    const auto list = make_list(partitions.size());
    for (const auto partition : partitions) {
      if (fetching_.erase(partition) == 0) continue;
      rd_kafka_topic_partition_list_add(list.get(), options_.topic.c_str(), partition.value());
    }
    return to_result(rd_kafka_incremental_unassign(client_.get(), list.get()));
  }

  Result<std::map<PartitionId, Watermarks>> watermarks() {
    const auto count = CALVE_TRY(query_topic(client_.get(), topic_.get(), kMetadataWaitMax)).partition_count;
    std::map<PartitionId, Watermarks> found;
    for (std::int32_t partition = 0; partition < count; ++partition) {
      found.emplace(PartitionId(partition),
                    CALVE_TRY(query_watermarks(client_.get(), options_.topic, PartitionId(partition))));
    }
    return found;
  }

  Result<void> check_topic() {
    if (facts_.topic_id.empty()) return {};
    const auto found = query_topic_id(
        client_.get(), {.topic = options_.topic, .broker = broker_, .wait_max = kMetadataWaitMax});
    if (!found || found->empty() || *found == facts_.topic_id) return {};
    return fail(
        ErrorKind::kSourceGap,
        fmt::format("the Kafka topic was deleted and created again while it was read; start again to see "
                    "the choices: {}, was {}, is {}",
                    options_.topic, facts_.topic_id, *found));
  }

  std::optional<Offset> known_high(PartitionId partition) const {
    std::int64_t low = RD_KAFKA_OFFSET_INVALID, high = RD_KAFKA_OFFSET_INVALID;
    const auto code =
        rd_kafka_get_watermark_offsets(client_.get(), options_.topic.c_str(), partition.value(), &low, &high);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR || high < 0) return std::nullopt;
    return Offset(high);
  }

  void commit(const std::map<PartitionId, Offset>& next) {
    if (next.empty()) return;
    const auto list = make_list(next.size());
    for (const auto& [partition, offset] : next) {
      rd_kafka_topic_partition_list_add(list.get(), options_.topic.c_str(), partition.value())->offset =
          offset.value();
    }
    constexpr int kAsync = 1;
    const auto code = rd_kafka_commit(client_.get(), list.get(), kAsync);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
      log::debug("the group's offsets are not committed, lag tools see old ones: {}", rd_kafka_err2str(code));
    }
  }

  Connection connection() const {
    const std::lock_guard lock(connection_mutex_);
    return connection_;
  }

 private:
  // A partition that is fetched already is started anew: its old fetch ends first.
  Result<void> take_back(const std::vector<PartitionStart>& starts) {
    std::vector<PartitionId> again;
    for (const auto& start : starts) {
      if (fetching_.contains(start.partition)) again.push_back(start.partition);
    }
    return again.empty() ? Result<void>() : unassign(again);
  }

  Result<void> take_events(Milliseconds wait_max, std::vector<GroupEvent>& found) {
    int wait_ms = static_cast<int>(wait_max.count());
    while (const EventHandle event{rd_kafka_queue_poll(events_.get(), wait_ms)}) {
      wait_ms = 0;
      switch (rd_kafka_event_type(event.get())) {
        case RD_KAFKA_EVENT_REBALANCE:
          CALVE_TRY(take_rebalance(event.get(), found));
          break;
        case RD_KAFKA_EVENT_ERROR:
          CALVE_TRY(take_error(event.get()));
          break;
        default:
          break;
      }
    }
    return {};
  }

  Result<void> take_rebalance(rd_kafka_event_t* event, std::vector<GroupEvent>& found) {
    const auto code = rd_kafka_event_error(event);
    const auto* const list = rd_kafka_event_topic_partition_list(event);
    const auto kind = code == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS ? GroupEvent::Kind::kAssigned
                                                                   : GroupEvent::Kind::kRevoked;
    if (list->cnt == 0) {  // nobody to ask, but librdkafka waits for the call
      return to_result(kind == GroupEvent::Kind::kAssigned
                           ? rd_kafka_incremental_assign(client_.get(), list)
                           : rd_kafka_incremental_unassign(client_.get(), list));
    }
    GroupEvent taken{.kind = kind, .partitions = {}};
    for (int i = 0; i < list->cnt; ++i)
      taken.partitions.emplace_back(list->elems[i].partition);
    std::ranges::sort(taken.partitions);
    found.push_back(std::move(taken));
    return {};
  }

  Result<void> take_error(rd_kafka_event_t* event) {
    const auto code = rd_kafka_event_error(event);
    if (code == RD_KAFKA_RESP_ERR__FATAL || rd_kafka_event_error_is_fatal(event)) {
      std::array<char, 512> reason{};
      const auto cause = rd_kafka_fatal_error(client_.get(), reason.data(), reason.size());
      auto error = translate(cause, reason.data());
      if (error.kind == ErrorKind::kUnavailable) error.kind = ErrorKind::kInternal;
      return std::unexpected(std::move(error));
    }
    // librdkafka looks for the group's coordinator in any case; only who joins needs one.
    if (code == RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED && options_.membership == Membership::kAlone)
      return {};
    return note(translate(code, rd_kafka_event_error_string(event)));
  }

  // Trouble that passes becomes the connection's state; the rest is the caller's.
  Result<void> note(Error error) {
    if (error.kind != ErrorKind::kUnreachable && error.kind != ErrorKind::kUnavailable) {
      return std::unexpected(std::move(error));
    }
    set_connection({.reachable = error.kind != ErrorKind::kUnreachable, .reason = std::move(error.message)});
    // Ask at once whether it is all of the cluster.
    next_metadata_ = std::min(next_metadata_, steady_clock::now() + kUnreachableRetryInterval);
    return {};
  }

  Result<void> refresh_metadata(std::vector<GroupEvent>& found) {
    if (steady_clock::now() < next_metadata_) return {};
    const auto answer = query_topic(client_.get(), topic_.get(), kMetadataWaitMax);
    if (!answer) {
      next_metadata_ = steady_clock::now() + std::min(kUnreachableRetryInterval, options_.metadata_interval);
      if (answer.error().kind == ErrorKind::kNotFound && ++topic_missing_ < kTopicMissingMax) return {};
      return note(answer.error());
    }
    next_metadata_ = steady_clock::now() + options_.metadata_interval;
    topic_missing_ = 0;
    set_connection({});
    broker_ = answer->broker;
    CALVE_TRY(check_topic());
    if (options_.membership == Membership::kGroup) return {};  // the group's leader deals new partitions
    GroupEvent assigned{.kind = GroupEvent::Kind::kAssigned, .partitions = {}};
    for (; announced_ < answer->partition_count; ++announced_)
      assigned.partitions.emplace_back(announced_);
    if (!assigned.partitions.empty()) found.push_back(std::move(assigned));
    return {};
  }

  void set_connection(Connection now) {
    const std::lock_guard lock(connection_mutex_);
    if (connection_.reachable != now.reachable) {
      log::warn("kafka: {}", now.reachable ? "a broker answers again" : now.reason);
    }
    connection_ = std::move(now);
  }

  void close() {
    const ErrorHandle refused(rd_kafka_consumer_close_queue(client_.get(), events_.get()));
    const auto deadline = steady_clock::now() + Consumer::kCloseWaitMax;
    const auto is_leaving = [&] {
      return refused == nullptr && rd_kafka_consumer_closed(client_.get()) == 0;
    };
    while (is_leaving() && steady_clock::now() < deadline) {
      const EventHandle event(rd_kafka_queue_poll(events_.get(), static_cast<int>(kPollSlice.count())));
      if (event == nullptr || rd_kafka_event_type(event.get()) != RD_KAFKA_EVENT_REBALANCE) continue;
      const auto* const list = rd_kafka_event_topic_partition_list(event.get());
      std::vector<PartitionId> partitions;
      for (int i = 0; i < list->cnt; ++i)
        partitions.emplace_back(list->elems[i].partition);
      if (const auto left = unassign(partitions); !left)
        log::debug("leaving the group: {}", left.error().message);
    }
    events_.reset();
    topic_.reset();
    if (is_leaving()) {
      // To destroy it would wait for the same answers, a JoinGroup's for up to max.poll.interval.ms.
      log::warn("kafka: the group does not let go; it will count this member out after session.timeout.ms");
      rd_kafka_set_log_level(client_.get(), 0);  // its threads outlive whoever writes the lines
      std::ignore = client_.release();
      return;
    }
    rd_kafka_destroy_flags(client_.release(), RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
  }

  ConsumerOptions options_;
  TopicFacts facts_;
  ClientHandle client_;
  TopicHandle topic_;
  QueueHandle events_;
  std::set<PartitionId> fetching_;
  steady_clock::time_point next_metadata_{};
  std::int32_t broker_ = 0;     // one that answered when it was asked last
  std::int32_t announced_ = 0;  // kAlone: partitions below were given to the caller
  int topic_missing_ = 0;
  mutable std::mutex connection_mutex_;
  Connection connection_;
};

Result<std::unique_ptr<Consumer>> Consumer::connect(const ClientConfig& config, ConsumerOptions options,
                                                    const std::stop_token& stop) {
  auto facts =
      CALVE_TRY(describe_topic(config, {.topic = options.topic, .wait_max = options.connect_wait_max}, stop));
  auto conf = CALVE_TRY(make_conf(config, Role::kConsumer, properties_of(options, facts.partition_count)));
  rd_kafka_conf_set_events(conf.get(),
                           RD_KAFKA_EVENT_REBALANCE | RD_KAFKA_EVENT_ERROR | RD_KAFKA_EVENT_OFFSET_COMMIT);
  auto client = CALVE_TRY(make_client(std::move(conf), Role::kConsumer));
  auto state = std::make_unique<State>(std::move(options), std::move(facts), std::move(client));
  CALVE_TRY(state->join());
  return std::unique_ptr<Consumer>(new Consumer(std::move(state)));
}

Consumer::Consumer(std::unique_ptr<State> state) : state_(std::move(state)) {}
Consumer::~Consumer() = default;

const TopicFacts& Consumer::topic() const {
  return state_->topic();
}
Result<std::vector<GroupEvent>> Consumer::poll(Milliseconds wait_max, const std::stop_token& stop) {
  return state_->poll(wait_max, stop);
}
Result<std::vector<std::unique_ptr<PartitionQueue>>> Consumer::assign(
    const std::vector<PartitionStart>& starts) {
  return state_->assign(starts);
}
Result<void> Consumer::unassign(const std::vector<PartitionId>& partitions) {
  return state_->unassign(partitions);
}
Result<std::map<PartitionId, Watermarks>> Consumer::watermarks() {
  return state_->watermarks();
}
Result<void> Consumer::check_topic() {
  return state_->check_topic();
}
std::optional<Offset> Consumer::known_high(PartitionId partition) const {
  return state_->known_high(partition);
}
void Consumer::commit(const std::map<PartitionId, Offset>& next) {
  state_->commit(next);
}
Connection Consumer::connection() const {
  return state_->connection();
}

}  // namespace calve::kafka
