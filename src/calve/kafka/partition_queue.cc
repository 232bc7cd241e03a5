#include "calve/kafka/partition_queue.h"

#include <array>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "calve/kafka/metadata.h"

namespace calve::kafka {
namespace {

constexpr std::size_t kTakenMax = 1'024;  // messages that one call to librdkafka hands over

class FetchedPartition final : public PartitionQueue {
 public:
  explicit FetchedPartition(PartitionQueueOptions options)
      : options_(std::move(options)),
        queue_(rd_kafka_queue_get_partition(options_.client, options_.topic.c_str(),
                                            options_.partition.value())),
        position_(options_.start) {
    rd_kafka_queue_forward(queue_.get(), nullptr);
  }

  ~FetchedPartition() override {
    on_data({});
    for (rd_kafka_message_t* message : taken())
      rd_kafka_message_destroy(message);
  }

  PartitionId partition() const override { return options_.partition; }
  Offset position() const override { return position_; }

  Result<Outcome> read(batch::RecordBatch& into, std::size_t records_max, std::size_t bytes_max) override {
    into.reset(options_.partition, position_);
    while (into.records.size() < records_max && into.bytes.size() < bytes_max) {
      if (taken().empty() && !take_more()) break;
      rd_kafka_message_t* const message = messages_[first_];
      if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR && message->err != RD_KAFKA_RESP_ERR__PARTITION_EOF) {
        if (into.from != position_) break;  // hand on what came before it
        if (auto error = check(*message)) return std::unexpected(*std::move(error));  // and keep it
      } else {
        append(*message, into);
      }
      rd_kafka_message_destroy(message);
      ++first_;
    }
    if (into.from == position_) return Outcome::kNothing;
    into.seal(position_);
    return Outcome::kBatch;
  }

  void on_data(std::function<void()> wake) override {
    // The callback runs under the queue's lock, so that after the first line none runs any more.
    rd_kafka_queue_cb_event_enable(queue_.get(), nullptr, nullptr);
    wake_ = std::move(wake);
    if (!wake_) return;
    rd_kafka_queue_cb_event_enable(
        queue_.get(), [](rd_kafka_t*, void* self) { static_cast<FetchedPartition*>(self)->wake_(); }, this);
  }

 private:
  std::span<rd_kafka_message_t*> taken() { return std::span(messages_).subspan(first_, count_ - first_); }

  bool take_more() {
    const auto count = rd_kafka_consume_batch_queue(queue_.get(), 0, messages_.data(), messages_.size());
    first_ = 0;
    count_ = count > 0 ? static_cast<std::size_t>(count) : 0;
    return count_ > 0;
  }

  void append(const rd_kafka_message_t& message, batch::RecordBatch& into) {
    const Offset offset(message.offset);
    if (offset < position_) return;  // fetched before a seek
    if (message.err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
      position_ = offset;  // one past everything that may be read, whether or not it holds a record
      return;
    }
    const auto timestamp = timestamp_of(message);
    if (message.payload == nullptr) {
      into.append_tombstone(offset, timestamp);
    } else {
      into.append(offset, timestamp,
                  std::string_view(static_cast<const char*>(message.payload), message.len));
    }
    position_ = offset.plus(1);
  }

  // Records of message format 0 have no timestamp; what is known of them is that they are here now.
  static Timestamp timestamp_of(const rd_kafka_message_t& message) {
    rd_kafka_timestamp_type_t type;
    const auto millis = rd_kafka_message_timestamp(&message, &type);
    if (type == RD_KAFKA_TIMESTAMP_NOT_AVAILABLE) return system_clock().now();
    return timestamp_from_micros(millis * 1'000);
  }

  // None if librdkafka overcomes it by itself.
  std::optional<Error> check(const rd_kafka_message_t& message) {
    if (failure_) return failure_;
    auto error = translate(message.err, fmt::format("{}-{}: {}", options_.topic, options_.partition,
                                                    rd_kafka_message_errstr(&message)));
    if (error.kind == ErrorKind::kUnreachable || error.kind == ErrorKind::kUnavailable) return std::nullopt;
    if (error.kind == ErrorKind::kSourceGap) {
      error = source_gap(options_.topic, {.partition = options_.partition, .offset = position_},
                         query_watermarks(options_.client, options_.topic, options_.partition));
    }
    failure_ = std::move(error);
    return failure_;
  }

  PartitionQueueOptions options_;
  QueueHandle queue_;
  Offset position_;
  // messages_[first_, count_) are taken from librdkafka and not handed on yet.
  std::array<rd_kafka_message_t*, kTakenMax> messages_{};
  std::size_t first_ = 0;
  std::size_t count_ = 0;
  std::optional<Error> failure_;
  std::function<void()> wake_;
};

}  // namespace

std::unique_ptr<PartitionQueue> split_partition_queue(PartitionQueueOptions options) {
  return std::make_unique<FetchedPartition>(std::move(options));
}

Error source_gap(const std::string& topic, const PartitionStart& start,
                 const Result<Watermarks>& watermarks) {
  const auto wanted = start.offset.value_or(Offset(-1));
  if (!watermarks) {
    return {ErrorKind::kSourceGap,
            fmt::format("the wanted offset is not in the Kafka topic: {}-{}, wanted {}, "
                        "watermarks unknown: {}",
                        topic, start.partition, wanted, watermarks.error().message)};
  }
  if (wanted < watermarks->low) {
    return {ErrorKind::kSourceGap,
            fmt::format("Kafka deleted records before they were read. Raise the topic's retention; to go on "
                        "without them, start with CALVE_ON_GAP=skip: {}-{}, offsets [{}, {}) are lost, the "
                        "topic holds [{}, {})",
                        topic, start.partition, wanted, watermarks->low, watermarks->low, watermarks->high)};
  }
  const char* const why = wanted > watermarks->high
                              ? "The position is beyond the topic's end: the topic was cut off, or deleted "
                                "and created again. Point the source back, or set CALVE_PIPELINE and "
                                "ICEBERG_TABLE to new names to read it from its start"
                              : "Kafka refused an offset that it holds now: the topic may have been deleted "
                                "and created again. Start again to see";
  return {ErrorKind::kSourceGap,
          fmt::format("{}: {}-{}, wanted offset {}, the topic holds [{}, {})", why, topic, start.partition,
                      wanted, watermarks->low, watermarks->high)};
}

}  // namespace calve::kafka
