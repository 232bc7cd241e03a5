#include "calve/source/kafka_source.h"

#include <algorithm>
#include <utility>

#include "calve/base/log.h"
#include "calve/source/reader_set.h"

namespace calve::source {
namespace {

class KafkaReader final : public PartitionReader {
 public:
  explicit KafkaReader(std::unique_ptr<kafka::PartitionQueue> queue) : queue_(std::move(queue)) {}

  PartitionId partition() const override { return queue_->partition(); }
  Offset position() const override { return queue_->position(); }

  Result<ReadOutcome> read(batch::RecordBatch& into, const ReadLimits& limits) override {
    switch (CALVE_TRY(queue_->read(into, limits.records_max, limits.bytes_max))) {
      case kafka::PartitionQueue::Outcome::kBatch:
        return ReadOutcome::kBatch;
      case kafka::PartitionQueue::Outcome::kNothing:
        return ReadOutcome::kNothing;
    }
    std::unreachable();
  }

  void set_waker(Waker* waker) override {
    if (waker == nullptr) {
      queue_->on_data({});
    } else {
      queue_->on_data([waker] { waker->wake(); });
    }
  }

  Milliseconds retry_after() const override { return Milliseconds(1'000); }  // the queue wakes; to be safe

 private:
  std::unique_ptr<kafka::PartitionQueue> queue_;
};

class KafkaSource final : public Source {
 public:
  KafkaSource(std::unique_ptr<kafka::Consumer> consumer, std::string topic)
      : consumer_(std::move(consumer)),
        identity_{.cluster = consumer_->topic().cluster_id,
                  .topic = std::move(topic),
                  .topic_id = consumer_->topic().topic_id} {}

  const batch::LogIdentity& identity() const override { return identity_; }

  Result<std::vector<Event>> poll(Milliseconds wait_max, const std::stop_token& stop) override {
    std::vector<Event> events;
    for (auto& event : CALVE_TRY(consumer_->poll(wait_max, stop))) {
      switch (event.kind) {
        case kafka::GroupEvent::Kind::kAssigned:
          events.emplace_back(Assigned{std::move(event.partitions)});
          break;
        case kafka::GroupEvent::Kind::kRevoked:
          events.emplace_back(Revoked{std::move(event.partitions)});
          break;
      }
    }
    return events;
  }

  Result<std::vector<std::unique_ptr<PartitionReader>>> open(const std::vector<Start>& starts) override {
    std::vector<kafka::PartitionStart> wanted;
    for (const auto& start : starts)
      wanted.push_back({.partition = start.partition, .offset = start.offset});
    if (std::ranges::find(starts, OnGap::kSkip, &Start::on_gap) != starts.end())
      CALVE_TRY(skip_gaps(starts, wanted));
    std::vector<std::unique_ptr<PartitionReader>> readers;
    for (auto& queue : CALVE_TRY(consumer_->assign(wanted))) {
      readers.push_back(std::make_unique<KafkaReader>(std::move(queue)));
    }
    return readers;
  }

  Result<void> release(const std::vector<PartitionId>& partitions) override {
    return consumer_->unassign(partitions);
  }

  Result<std::map<PartitionId, Offset>> end_offsets() override {
    std::map<PartitionId, Offset> ends;
    for (const auto& [partition, watermarks] : CALVE_TRY(consumer_->watermarks())) {
      ends.emplace(partition, watermarks.high);
    }
    return ends;
  }

  Result<void> check_identity() override { return consumer_->check_topic(); }

  std::optional<Offset> known_end(PartitionId partition) const override {
    return consumer_->known_high(partition);
  }
  void acknowledge(const std::map<PartitionId, Offset>& committed) override { consumer_->commit(committed); }

  Health health() const override {
    auto connection = consumer_->connection();
    return {.reachable = connection.reachable, .reason = std::move(connection.reason)};
  }

 private:
  Result<void> skip_gaps(const std::vector<Start>& starts, std::vector<kafka::PartitionStart>& wanted) {
    const auto watermarks = CALVE_TRY(consumer_->watermarks());
    for (std::size_t i = 0; i < starts.size(); ++i) {
      if (starts[i].on_gap == OnGap::kStop || !wanted[i].offset) continue;
      const auto found = watermarks.find(wanted[i].partition);
      if (found == watermarks.end() || *wanted[i].offset >= found->second.low) continue;
      log::error("records were deleted before they were read, and are skipped: {}-{}, offsets [{}, {})",
                 identity_.topic, wanted[i].partition, *wanted[i].offset, found->second.low);
      wanted[i].offset = found->second.low;
    }
    return {};
  }

  std::unique_ptr<kafka::Consumer> consumer_;
  batch::LogIdentity identity_;
};

}  // namespace

Result<std::unique_ptr<Source>> open_kafka(const kafka::ClientConfig& config, kafka::ConsumerOptions options,
                                           const std::stop_token& stop) {
  auto topic = options.topic;
  auto consumer = CALVE_TRY(kafka::Consumer::connect(config, std::move(options), stop));
  return std::make_unique<KafkaSource>(std::move(consumer), std::move(topic));
}

}  // namespace calve::source
