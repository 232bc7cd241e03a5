// What to produce, how fast, and whereto.

#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <variant>
#include <vector>

#include "calve/base/result.h"
#include "calve/base/time.h"
#include "calve/produce/event_stream.h"
#include "calve/produce/file_log_sender.h"
#include "calve/produce/kafka_sender.h"

namespace calve::produce {

struct StdoutTarget {
  bool operator==(const StdoutTarget&) const = default;
};

using Target = std::variant<FileLogTarget, KafkaTarget, StdoutTarget>;

struct ProduceOptions {
  Target target = FileLogTarget{};

  // Whichever comes first ends the run; with none of them a stop does.
  std::optional<std::uint64_t> count;  // events of every kind, so also invalid ones and duplicates
  std::optional<Milliseconds> duration;

  std::optional<std::uint64_t> rate;  // events a second, 1 .. Pace::kRateMax; none: as fast as it goes

  // Seed and start decide the bytes. Neither: orders are placed now, at random. A seed alone: the run
  // starts at kReproducibleStart, so that the seed makes the same bytes again. A start: orders follow
  // one another from there at `orders_per_day`, by day and night, however fast they are sent.
  std::optional<std::uint64_t> seed;
  std::optional<Timestamp> start;
  std::uint64_t orders_per_day = 1'000'000;

  std::uint32_t customers = 100'000;
  std::uint32_t products = 10'000;

  Share invalid;
  Share duplicates;
  Share late;
  std::vector<FaultClass> fault_classes;  // empty: all
  std::uint32_t late_days_max = 7;
};

// 2026-01-01T00:00:00Z
inline constexpr Timestamp kReproducibleStart = timestamp_from_micros(1'767'225'600'000'000);

// Checks every range, and settles what is open: afterwards `seed` is set, and `start` is unless orders
// are placed now. kUsage names the option as the command line spells it.
Result<ProduceOptions> validate(ProduceOptions options);

EventStreamOptions event_stream_options(const ProduceOptions& validated);

// Opens what the target names. The stop ends waits for a slow target, also later ones.
Result<std::unique_ptr<Sender>> open_sender(const Target& target, const std::stop_token& stop);

}  // namespace calve::produce
