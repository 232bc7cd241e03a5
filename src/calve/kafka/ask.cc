#include "calve/kafka/ask.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include "calve/kafka/handles.h"

namespace calve::kafka {
namespace {

constexpr Milliseconds kAttemptMax{500};

// Refused credentials never answer a request: they only show as events.
std::optional<Error> drain_errors(rd_kafka_queue_t* queue, Error& last) {
  while (const EventHandle event{rd_kafka_queue_poll(queue, 0)}) {
    if (rd_kafka_event_type(event.get()) != RD_KAFKA_EVENT_ERROR) continue;
    last = translate(rd_kafka_event_error(event.get()), rd_kafka_event_error_string(event.get()));
    if (last.kind == ErrorKind::kAccessDenied) return last;
  }
  return std::nullopt;
}

}  // namespace

Result<void> ask(const ClientConfig& config, const Question& question, const std::stop_token& stop) {
  auto conf = CALVE_TRY(make_conf(config, Role::kConsumer, question.properties));
  rd_kafka_conf_set_events(conf.get(), RD_KAFKA_EVENT_ERROR);
  const auto client = CALVE_TRY(make_client(std::move(conf), Role::kConsumer));
  const QueueHandle events(rd_kafka_queue_get_main(client.get()));

  const auto deadline = std::chrono::steady_clock::now() + question.wait_max;
  while (true) {
    const auto left = std::chrono::ceil<Milliseconds>(deadline - std::chrono::steady_clock::now());
    const auto answer = question.ask(client.get(), std::clamp(left, Milliseconds(1), kAttemptMax));
    if (answer) return {};
    if (answer.error().kind != ErrorKind::kUnreachable && answer.error().kind != ErrorKind::kUnavailable) {
      return answer;
    }
    Error last = answer.error();
    if (auto denied = drain_errors(events.get(), last)) return std::unexpected(*std::move(denied));
    if (stop.stop_requested()) return fail(ErrorKind::kCancelled, "stopped while connecting to Kafka");
    if (std::chrono::steady_clock::now() >= deadline) return std::unexpected(last);
  }
}

}  // namespace calve::kafka
