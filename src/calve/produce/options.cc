#include "calve/produce/options.h"

#include <fmt/format.h>
#include <unistd.h>

#include "calve/base/random.h"
#include "calve/produce/order_clock.h"
#include "calve/produce/pace.h"
#include "calve/produce/stdout_sender.h"

namespace calve::produce {
namespace {

struct Range {
  std::string_view option;
  std::uint64_t value;
  std::uint64_t min;
  std::uint64_t max;
};

Result<void> check(const Range& range) {
  if (range.value >= range.min && range.value <= range.max) return {};
  return fail(ErrorKind::kUsage, fmt::format("{} is out of its range; give {} to {}: {}", range.option,
                                             range.min, range.max, range.value));
}

Result<void> check_target(const Target& target) {
  const auto* log = std::get_if<FileLogTarget>(&target);
  if (log == nullptr) return {};
  if (log->partitions && (*log->partitions < 1 || *log->partitions > FileLogTarget::kPartitionsMax)) {
    return fail(ErrorKind::kUsage, fmt::format("--partitions is out of its range; give 1 to {}: {}",
                                               FileLogTarget::kPartitionsMax, *log->partitions));
  }
  if (log->topic.empty() || log->topic.starts_with('.') || log->topic.contains('/')) {
    return fail(ErrorKind::kUsage,
                fmt::format("A file log's topic is a folder's name, without '/' and not hidden; give another "
                            "--topic: \"{}\"",
                            log->topic));
  }
  return {};
}

Result<void> check_shares(const ProduceOptions& options) {
  const std::uint64_t sum =
      std::uint64_t{options.invalid.per_million} + options.duplicates.per_million + options.late.per_million;
  if (sum <= Share::kWhole) return {};
  return fail(
      ErrorKind::kUsage,
      fmt::format("--invalid, --duplicates and --late are more than 100% together; lower them: {}, {}, {}",
                  to_string(options.invalid), to_string(options.duplicates), to_string(options.late)));
}

}  // namespace

Result<ProduceOptions> validate(ProduceOptions options) {
  CALVE_TRY(check_target(options.target));
  CALVE_TRY(check_shares(options));
  CALVE_TRY(check({"--customers", options.customers, 1, Customers::kCountMax}));
  CALVE_TRY(check({"--products", options.products, 1, Products::kCountMax}));
  CALVE_TRY(check({"--late-days", options.late_days_max, 1, 3'650}));
  CALVE_TRY(check({"--orders-per-day", options.orders_per_day, OrderClock::kOrdersPerDayMin,
                   OrderClock::kOrdersPerDayMax}));
  if (options.rate) CALVE_TRY(check({"--rate", *options.rate, 1, Pace::kRateMax}));
  if (options.duration && *options.duration <= Milliseconds(0)) {
    return fail(ErrorKind::kUsage, fmt::format("--duration is not positive; give a time such as 10s: {} ms",
                                               options.duration->count()));
  }
  if (options.start && *options.start < Timestamp{}) {
    return fail(ErrorKind::kUsage,
                fmt::format("--start is before 1970; give a later one: {}", format_rfc3339(*options.start)));
  }
  if (options.seed && !options.start) options.start = kReproducibleStart;
  if (!options.seed) options.seed = static_cast<std::uint64_t>(random_positive_int64());
  return options;
}

EventStreamOptions event_stream_options(const ProduceOptions& validated) {
  return {.generator = {.seed = *validated.seed,
                        .customers = validated.customers,
                        .products = validated.products},
          .invalid = validated.invalid,
          .duplicates = validated.duplicates,
          .late = validated.late,
          .fault_classes = validated.fault_classes,
          .late_days_max = validated.late_days_max};
}

Result<std::unique_ptr<Sender>> open_sender(const Target& target, const std::stop_token& stop) {
  if (const auto* log = std::get_if<FileLogTarget>(&target)) return open_file_log_sender(*log);
  if (const auto* kafka = std::get_if<KafkaTarget>(&target)) return open_kafka_sender(*kafka, stop);
  return make_stdout_sender(STDOUT_FILENO);
}

}  // namespace calve::produce
