#include "calve/contract/date_time.h"

#include <chrono>

#include <gtest/gtest.h>

#include "calve/base/time.h"

namespace calve::contract {
namespace {

TEST(DateTimeTest, BecomesUtcMicroseconds) {
  const struct {
    std::string_view text;
    std::int64_t micros;
  } cases[] = {
      {"1970-01-01T00:00:00Z", 0},
      {"1970-01-01T00:00:00.000001Z", 1},
      {"1970-01-01T00:00:00.1Z", 100'000},
      {"1970-01-01T00:00:00.1234569Z", 123'456},
      {"1969-12-31T23:59:59.9999999Z", -1},
      {"1970-01-01T01:00:00+01:00", 0},
      {"1969-12-31T18:30:00-05:30", 0},
      {"2026-11-24T13:02:07.5+01:00", 1'795'521'727'500'000},
      {"0000-01-01T00:00:00Z", -62'167'219'200'000'000},
      {"9999-12-31T23:59:59.999999Z", 253'402'300'799'999'999},
  };
  for (const auto& each : cases) {
    EXPECT_EQ(parse_date_time(each.text), each.micros) << each.text;
  }
}

// Every day of ten thousand years, against the standard library's calendar.
TEST(DateTimeTest, KnowsEveryDay) {
  using namespace std::chrono;
  for (sys_days day = year(0) / 1 / 1; day <= sys_days(year(9999) / 12 / 31); day += days(1)) {
    const std::string text = format_rfc3339(Timestamp(day)).substr(0, 10);
    ASSERT_EQ(parse_date(text), day.time_since_epoch().count()) << text;
  }
}

}  // namespace
}  // namespace calve::contract
