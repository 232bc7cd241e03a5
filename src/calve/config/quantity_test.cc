#include "calve/config/quantity.h"

#include <optional>
#include <vector>

#include <gtest/gtest.h>

namespace calve::config {
namespace {

template <class T>
struct Case {
  std::string_view text;
  std::optional<T> value;  // none: refused
};

template <class T>
void expect_each(const std::vector<Case<T>>& cases, Parsed<T> (*parse)(std::string_view)) {
  for (const Case<T>& c : cases) {
    SCOPED_TRACE(testing::Message() << '"' << c.text << '"');
    const Parsed<T> parsed = parse(c.text);
    ASSERT_EQ(parsed.has_value(), c.value.has_value());
    if (parsed) {
      EXPECT_EQ(*parsed, *c.value);
    }
  }
}

TEST(QuantityTest, Count) {
  expect_each<std::int64_t>({{"0", 0},
                             {"007", 7},
                             {"9223372036854775807", 9'223'372'036'854'775'807},
                             {"9223372036854775808", {}},
                             {"", {}},
                             {"-1", {}},
                             {"+1", {}},
                             {" 1", {}},
                             {"1 ", {}},
                             {"1.0", {}},
                             {"1e6", {}},
                             {"0x10", {}}},
                            parse_count);
}

TEST(QuantityTest, Duration) {
  expect_each<Milliseconds>({{"0ms", Milliseconds(0)},
                             {"500ms", Milliseconds(500)},
                             {"1s", Milliseconds(1'000)},
                             {"2m", Milliseconds(120'000)},
                             {"3h", Milliseconds(10'800'000)},
                             {"1d", Milliseconds(86'400'000)},
                             {"1", {}},
                             {"s", {}},
                             {"1 s", {}},
                             {"1.5s", {}},
                             {"1S", {}},
                             {"1us", {}},
                             {"-1s", {}},
                             {"9223372036854775807s", {}}},
                            parse_duration);
}

TEST(QuantityTest, Bytes) {
  expect_each<std::int64_t>({{"0B", 0},
                             {"3KiB", 3'072},
                             {"64MiB", 67'108'864},
                             {"2GiB", 2'147'483'648},
                             {"64", {}},
                             {"64MB", {}},
                             {"64mib", {}},
                             {"MiB", {}},
                             {"9223372036854775807KiB", {}}},
                            parse_bytes);
}

TEST(QuantityTest, Time) {
  expect_each<Timestamp>({{"1970-01-01T00:00:00Z", timestamp_from_micros(0)},
                          {"2026-01-01T00:00:00Z", timestamp_from_micros(1'767'225'600'000'000)},
                          {"2024-02-29T23:59:59.123456Z", timestamp_from_micros(1'709'251'199'123'456)},
                          {"1970-01-01T00:00:00.5Z", timestamp_from_micros(500'000)},
                          {"2026-02-29T00:00:00Z", {}},
                          {"2026-13-01T00:00:00Z", {}},
                          {"2026-01-01T24:00:00Z", {}},
                          {"2026-01-01T00:60:00Z", {}},
                          {"2026-01-01T00:00:60Z", {}},
                          {"2026-01-01T00:00:00", {}},
                          {"2026-01-01T00:00:00+01:00", {}},
                          {"2026-01-01 00:00:00Z", {}},
                          {"2026-01-01T00:00:00.Z", {}},
                          {"2026-01-01T00:00:00.1234567Z", {}},
                          {"2026-01-01", {}},
                          {"Z", {}},
                          {"", {}}},
                         parse_time);
}

TEST(QuantityTest, ARefusalSaysWhatToWrite) {
  EXPECT_EQ(parse_duration("1").error(),
            "is no duration; write a whole number and ms, s, m, h or d, such as 500ms");
}

}  // namespace
}  // namespace calve::config
