#include "calve/cli/produce.h"

#include <mutex>
#include <string>
#include <utility>

#include <fmt/ostream.h>

#include "calve/cli/status_line.h"
#include "calve/produce/run.h"

namespace calve::cli {
namespace {

produce::Target target_of(const config::Settings& settings) {
  switch (settings.produce.to) {
    case config::ProduceTarget::kKafka:
      return produce::KafkaTarget{.client = *settings.kafka.client, .topic = settings.kafka.topic};
    case config::ProduceTarget::kFileLog:
      return produce::FileLogTarget{.root = settings.file_log.dir,
                                    .topic = settings.kafka.topic,
                                    .partitions = settings.produce.partitions};
    case config::ProduceTarget::kStdout:
      return produce::StdoutTarget{};
  }
  std::unreachable();
}

std::string one_line(const produce::ProduceSummary& summary) {
  std::string line = fmt::format("sent {} events, {} of them invalid, {} events/s", summary.sent,
                                 summary.invalid(), summary.events_per_second());
  if (summary.deliveries.failed > 0) line += fmt::format(", {} NOT DELIVERED", summary.deliveries.failed);
  return line;
}

// What the producing thread last told, for the thread that shows it.
class Progress {
 public:
  void set(const produce::ProduceSummary& summary) {
    const std::lock_guard lock(mutex_);
    summary_ = summary;
  }
  std::string line() const {
    const std::lock_guard lock(mutex_);
    return one_line(summary_);
  }

 private:
  mutable std::mutex mutex_;
  produce::ProduceSummary summary_;
};

Result<void> run(const Invocation& invocation) {
  produce::ProduceOptions options = invocation.settings.produce.options;
  options.target = target_of(invocation.settings);
  options = CALVE_TRY(produce::validate(std::move(options)));
  const auto sender = CALVE_TRY(produce::open_sender(options.target, invocation.stop));

  Progress progress;
  Result<produce::ProduceSummary> done;
  {
    const StatusLine status(invocation.err, invocation.err_screen, [&] { return progress.line(); });
    done = produce::produce(
        options, {.sender = *sender}, [&](const produce::ProduceSummary& summary) { progress.set(summary); },
        invocation.stop);
    if (done) progress.set(*done);
  }
  const produce::ProduceSummary summary = CALVE_TRY(std::move(done));
  // Where stdout carries the events, it carries nothing else.
  const bool events_on_stdout = invocation.settings.produce.to == config::ProduceTarget::kStdout;
  if (invocation.output == OutputFormat::kJson) {
    fmt::print(events_on_stdout ? invocation.err : invocation.out, "{}\n", produce::to_json(summary));
  } else if (invocation.err_screen == Screen::kPlain) {
    fmt::print(invocation.err, "{}\n", one_line(summary));
  }
  if (summary.deliveries.failed > 0) {
    return summary.first_failure ? std::unexpected(*summary.first_failure)
                                 : fail(ErrorKind::kUnreachable, "Events were not delivered");
  }
  return {};
}

}  // namespace

Command produce_command() {
  return {.name = "produce",
          .summary = "Make realistic order events and send them to Kafka, a file log or stdout",
          .example =
              "calve produce --count 1000000 --invalid 1%\n"
              "  KAFKA_BOOTSTRAP_SERVERS=localhost:9092 calve produce --rate 5000",
          .sections = {"produce", "kafka", "file-log"},
          .add_arguments = {},
          .run = run};
}

}  // namespace calve::cli
