// Points in time and where they come from.

#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace calve {

using Microseconds = std::chrono::microseconds;
using Milliseconds = std::chrono::milliseconds;

// UTC with microseconds, as Iceberg's timestamptz stores it.
using Timestamp = std::chrono::time_point<std::chrono::system_clock, Microseconds>;

constexpr Timestamp timestamp_from_micros(std::int64_t micros) {
  return Timestamp(Microseconds(micros));
}
constexpr std::int64_t to_micros(Timestamp time) {
  return time.time_since_epoch().count();
}
constexpr std::int64_t to_millis(Timestamp time) {
  return std::chrono::floor<Milliseconds>(time).time_since_epoch().count();
}

// "2026-11-24T13:02:07.123456Z"
std::string format_rfc3339(Timestamp time);

// Time comes in as an argument, or from a Clock that a test can turn. Safe from any thread.
class Clock {
 public:
  virtual ~Clock() = default;

  // Wall clock: may jump either way.
  virtual Timestamp now() const = 0;
  // For durations and deadlines: never goes back.
  virtual std::chrono::steady_clock::time_point steady_now() const = 0;
};

// The machine's clock; lives for ever.
const Clock& system_clock();

}  // namespace calve
