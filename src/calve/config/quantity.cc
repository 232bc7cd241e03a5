#include "calve/config/quantity.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <optional>
#include <span>
#include <utility>

namespace calve::config {
namespace {

using Units = std::span<const std::pair<std::string_view, std::int64_t>>;

constexpr auto kDurationUnits = std::to_array<std::pair<std::string_view, std::int64_t>>(
    {{"ms", 1}, {"s", 1'000}, {"m", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}});
constexpr auto kBytesUnits = std::to_array<std::pair<std::string_view, std::int64_t>>(
    {{"B", 1}, {"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}});

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

std::optional<std::int64_t> whole_number(std::string_view digits) {
  if (digits.empty() || !std::ranges::all_of(digits, is_digit)) return std::nullopt;
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc{}) return std::nullopt;
  return value;
}

// `digits` is the exact text of a number with `unit`.
std::optional<std::int64_t> with_unit(std::string_view text, Units units) {
  const auto digits_end = std::ranges::find_if_not(text, is_digit);
  const std::string_view digits(text.begin(), digits_end);
  const std::string_view unit(digits_end, text.end());
  const auto number = whole_number(digits);
  const auto known = std::ranges::find(units, unit, &Units::value_type::first);
  if (!number || known == units.end()) return std::nullopt;
  if (*number > std::numeric_limits<std::int64_t>::max() / known->second) return std::nullopt;
  return *number * known->second;
}

// The number of exactly `width` digits at `at`.
std::optional<unsigned> field(std::string_view text, std::size_t at, std::size_t width) {
  if (at + width > text.size()) return std::nullopt;
  const auto number = whole_number(text.substr(at, width));
  if (!number) return std::nullopt;
  return static_cast<unsigned>(*number);
}

// ".123456" -> microseconds
std::optional<std::int64_t> fraction_micros(std::string_view text) {
  if (text.empty()) return 0;
  if (text[0] != '.' || text.size() < 2 || text.size() > 7) return std::nullopt;
  std::string digits(text.substr(1));
  digits.resize(6, '0');
  return whole_number(digits);
}

}  // namespace

Parsed<std::int64_t> parse_count(std::string_view text) {
  if (const auto value = whole_number(text)) return *value;
  return std::unexpected("is no whole number; write one such as 1000000");
}

Parsed<Milliseconds> parse_duration(std::string_view text) {
  if (const auto value = with_unit(text, kDurationUnits)) return Milliseconds(*value);
  return std::unexpected("is no duration; write a whole number and ms, s, m, h or d, such as 500ms");
}

Parsed<std::int64_t> parse_bytes(std::string_view text) {
  if (const auto value = with_unit(text, kBytesUnits)) return *value;
  return std::unexpected("is no size; write a whole number and B, KiB, MiB or GiB, such as 64MiB");
}

Parsed<Timestamp> parse_time(std::string_view text) {
  const std::unexpected<std::string> refused("is no time in UTC; write one such as 2026-11-24T13:00:00Z");
  // 0123456789012345678
  // YYYY-MM-DDThh:mm:ss
  constexpr std::size_t kSecondsEnd = 19;
  if (text.size() <= kSecondsEnd || !text.ends_with('Z')) return refused;
  if (text[4] != '-' || text[7] != '-' || text[10] != 'T' || text[13] != ':' || text[16] != ':')
    return refused;
  const auto year = field(text, 0, 4), month = field(text, 5, 2), day = field(text, 8, 2);
  const auto hour = field(text, 11, 2), minute = field(text, 14, 2), second = field(text, 17, 2);
  const auto micros = fraction_micros(text.substr(kSecondsEnd, text.size() - kSecondsEnd - 1));
  if (!year || !month || !day || !hour || !minute || !second || !micros) return refused;
  const std::chrono::year_month_day date(std::chrono::year(static_cast<int>(*year)),
                                         std::chrono::month(*month), std::chrono::day(*day));
  if (!date.ok() || *hour > 23 || *minute > 59 || *second > 59) return refused;
  return Timestamp(std::chrono::sys_days(date)) + std::chrono::hours(*hour) + std::chrono::minutes(*minute) +
         std::chrono::seconds(*second) + Microseconds(*micros);
}

}  // namespace calve::config
