// The proleptic Gregorian calendar over the whole range of Iceberg's dates and timestamps, which is
// wider than that of std::chrono::year.

#pragma once

#include <cstdint>

namespace calve::iceberg {

struct CivilDate {
  std::int64_t year = 1970;
  int month = 1;  // 1 .. 12
  int day = 1;    // 1 .. 31

  bool operator==(const CivilDate&) const = default;
};

CivilDate civil_date(std::int64_t days_since_epoch);

// Rounded towards minus infinity, as time before 1970 asks for. `divisor` is positive.
constexpr std::int64_t floor_div(std::int64_t value, std::int64_t divisor) {
  return value / divisor - (value % divisor < 0 ? 1 : 0);
}

inline constexpr std::int64_t kMicrosPerSecond = 1'000'000;
inline constexpr std::int64_t kMicrosPerHour = 3'600 * kMicrosPerSecond;
inline constexpr std::int64_t kMicrosPerDay = 24 * kMicrosPerHour;

}  // namespace calve::iceberg
