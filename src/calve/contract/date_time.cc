#include "calve/contract/date_time.h"

namespace calve::contract {
namespace {

constexpr std::int64_t kMicrosPerSecond = 1'000'000;
constexpr std::size_t kDateBytes = 10;   // YYYY-MM-DD
constexpr std::size_t kSecondsEnd = 19;  // YYYY-MM-DDTHH:MM:SS
constexpr int kFractionDigits = 6;

// -1 if either character is no digit.
constexpr int two_digits(const char* at) {
  const unsigned tens = static_cast<unsigned char>(at[0]) - '0';
  const unsigned ones = static_cast<unsigned char>(at[1]) - '0';
  return tens > 9 || ones > 9 ? -1 : static_cast<int>(tens * 10 + ones);
}

constexpr bool is_leap_year(int year) {
  return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

constexpr int days_in_month(int year, int month) {
  constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && is_leap_year(year) ? 29 : kDays[month - 1];
}

// Howard Hinnant's days_from_civil: years begin in March, so that the leap day comes last.
constexpr std::int32_t days_from_civil(int year, int month, int day) {
  year -= month <= 2 ? 1 : 0;
  const int era = (year >= 0 ? year : year - 399) / 400;
  const int year_of_era = year - era * 400;
  const int day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  const int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146'097 + day_of_era - 719'468;
}
static_assert(days_from_civil(1970, 1, 1) == 0 && days_from_civil(2000, 3, 1) == 11'017);

// `at` has kDateBytes to read.
std::optional<std::int32_t> date_at(const char* at) {
  const int century = two_digits(at);
  const int year_of_century = two_digits(at + 2);
  const int month = two_digits(at + 5);
  const int day = two_digits(at + 8);
  if ((century | year_of_century | month | day) < 0 || at[4] != '-' || at[7] != '-') return std::nullopt;
  const int year = century * 100 + year_of_century;
  if (month < 1 || month > 12 || day < 1 || day > days_in_month(year, month)) return std::nullopt;
  return days_from_civil(year, month, day);
}

// Seconds east of UTC.
std::optional<int> parse_offset(std::string_view text) {
  if (text == "Z" || text == "z") return 0;
  if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':') return std::nullopt;
  const int hours = two_digits(text.data() + 1);
  const int minutes = two_digits(text.data() + 4);
  if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return std::nullopt;
  const int seconds = hours * 3'600 + minutes * 60;
  return text[0] == '-' ? -seconds : seconds;
}

}  // namespace

std::optional<std::int32_t> parse_date(std::string_view text) {
  if (text.size() != kDateBytes) return std::nullopt;
  return date_at(text.data());
}

std::optional<std::int64_t> parse_date_time(std::string_view text) {
  if (text.size() <= kSecondsEnd) return std::nullopt;
  const char* const at = text.data();
  const auto days = date_at(at);
  if (!days || (at[10] | 0x20) != 't' || at[13] != ':' || at[16] != ':') return std::nullopt;
  const int hour = two_digits(at + 11);
  const int minute = two_digits(at + 14);
  const int second = two_digits(at + 17);
  if ((hour | minute | second) < 0 || hour > 23 || minute > 59 || second > 59) return std::nullopt;

  std::size_t next = kSecondsEnd;
  std::int64_t micros = 0;
  if (at[next] == '.') {
    const std::size_t first = ++next;
    int digits = 0;
    for (; next < text.size() && at[next] >= '0' && at[next] <= '9'; ++next) {
      if (digits == kFractionDigits) continue;
      micros = micros * 10 + (at[next] - '0');
      ++digits;
    }
    if (next == first) return std::nullopt;
    for (; digits < kFractionDigits; ++digits)
      micros *= 10;
  }
  const auto offset = parse_offset(text.substr(next));
  if (!offset) return std::nullopt;
  const std::int64_t seconds = ((std::int64_t{*days} * 24 + hour) * 60 + minute) * 60 + second - *offset;
  return seconds * kMicrosPerSecond + micros;
}

}  // namespace calve::contract
