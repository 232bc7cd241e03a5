#include "calve/produce/kafka_sender.h"

#include <utility>

#include "calve/kafka/producer.h"

namespace calve::produce {
namespace {

// The client gives a message up some moments after its time.
constexpr Milliseconds kCloseGrace{5'000};

class KafkaSender final : public Sender {
 public:
  KafkaSender(std::unique_ptr<kafka::Producer> producer, Milliseconds close_wait_max, std::stop_token stop)
      : producer_(std::move(producer)), close_wait_max_(close_wait_max), stop_(std::move(stop)) {}

  Result<void> send(const Message& message) override {
    return producer_->send(message.key, message.payload, stop_);
  }

  // The client lingers by itself, and shorter than anybody would wait.
  Result<void> flush() override { return {}; }

  Result<void> close() override {
    const auto flushed = producer_->flush(close_wait_max_);
    // Failures are counted; an error is only that some events have no outcome.
    const kafka::ProducerCounts counts = producer_->counts();
    if (counts.delivered + counts.failed == counts.accepted) return {};
    return flushed;
  }

  Deliveries deliveries() const override {
    const kafka::ProducerCounts counts = producer_->counts();
    return {.delivered = static_cast<std::uint64_t>(counts.delivered),
            .failed = static_cast<std::uint64_t>(counts.failed)};
  }

  std::optional<Error> first_failure() const override {
    const auto errors = producer_->first_errors();
    return errors.empty() ? std::nullopt : std::optional(errors.front());
  }

 private:
  std::unique_ptr<kafka::Producer> producer_;
  Milliseconds close_wait_max_;
  std::stop_token stop_;
};

}  // namespace

Result<std::unique_ptr<Sender>> open_kafka_sender(const KafkaTarget& target, const std::stop_token& stop) {
  auto producer = CALVE_TRY(kafka::Producer::connect(
      target.client, {.topic = target.topic, .delivery_wait_max = target.delivery_wait_max}, stop));
  return std::make_unique<KafkaSender>(std::move(producer), target.delivery_wait_max + kCloseGrace, stop);
}

}  // namespace calve::produce
