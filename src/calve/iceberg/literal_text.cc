#include <cassert>
#include <cstdlib>
#include <type_traits>

#include <fmt/format.h>

#include "calve/iceberg/civil_date.h"
#include "calve/iceberg/literal.h"

namespace calve::iceberg {
namespace {

std::string date_text(std::int64_t days) {
  const CivilDate date = civil_date(days);
  return fmt::format("{:04}-{:02}-{:02}", date.year, date.month, date.day);
}

struct TimeOfDay {
  std::int64_t hours, minutes, seconds, micros;
};

TimeOfDay time_of_day(std::int64_t micros) {
  const std::int64_t seconds = micros / kMicrosPerSecond;
  return {seconds / 3'600, seconds / 60 % 60, seconds % 60, micros % kMicrosPerSecond};
}

// Java's LocalTime leaves out what is zero and gives a fraction 3 or 6 digits.
std::string time_text(std::int64_t micros) {
  const auto [hours, minutes, seconds, fraction] = time_of_day(micros);
  std::string text = fmt::format("{:02}:{:02}", hours, minutes);
  if (seconds != 0 || fraction != 0) text += fmt::format(":{:02}", seconds);
  if (fraction % 1'000 != 0) return text + fmt::format(".{:06}", fraction);
  if (fraction != 0) return text + fmt::format(".{:03}", fraction / 1'000);
  return text;
}

std::string timestamp_text(std::int64_t micros) {
  const std::int64_t days = floor_div(micros, kMicrosPerDay);
  const auto [hours, minutes, seconds, fraction] = time_of_day(micros - days * kMicrosPerDay);
  std::string text = fmt::format("{}T{:02}:{:02}:{:02}", date_text(days), hours, minutes, seconds);
  if (fraction == 0) return text;
  text += fmt::format(".{:06}", fraction);
  return text.substr(0, text.find_last_not_of('0') + 1);
}

std::string decimal_text(__int128 unscaled, int scale) {
  auto rest = static_cast<unsigned __int128>(unscaled);
  if (unscaled < 0) rest = -rest;
  std::string reversed;
  for (int digits = 0; rest != 0 || digits <= scale; ++digits) {
    if (digits == scale && scale > 0) reversed += '.';
    reversed += static_cast<char>('0' + static_cast<int>(rest % 10));
    rest /= 10;
  }
  if (unscaled < 0) reversed += '-';
  return {reversed.rbegin(), reversed.rend()};
}

std::string base64(std::string_view bytes) {
  static constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (; !bytes.empty(); bytes.remove_prefix(std::min<std::size_t>(3, bytes.size()))) {
    const auto byte = [&](std::size_t i) {
      return i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0U;
    };
    const unsigned group = byte(0) << 16 | byte(1) << 8 | byte(2);
    text += kDigits[group >> 18];
    text += kDigits[group >> 12 & 63];
    text += bytes.size() > 1 ? kDigits[group >> 6 & 63] : '=';
    text += bytes.size() > 2 ? kDigits[group & 63] : '=';
  }
  return text;
}

std::string long_text(std::int64_t value, const PrimitiveType& type) {
  if (type == PrimitiveType(PrimitiveKind::kTime)) return time_text(value);
  if (type == PrimitiveType(PrimitiveKind::kTimestamp)) return timestamp_text(value);
  if (type == PrimitiveType(PrimitiveKind::kTimestamptz)) return timestamp_text(value) + "+00:00";
  return fmt::to_string(value);
}

}  // namespace

std::string to_string(const OptionalLiteral& literal, const PrimitiveType& type) {
  if (!literal) return "null";
  return std::visit(
      [&](const auto& value) -> std::string {
        using Value = std::remove_cvref_t<decltype(value)>;
        if constexpr (std::is_same_v<Value, std::int32_t>) {
          return type == PrimitiveType(PrimitiveKind::kDate) ? date_text(value) : fmt::to_string(value);
        } else if constexpr (std::is_same_v<Value, std::int64_t>) {
          return long_text(value, type);
        } else if constexpr (std::is_same_v<Value, __int128>) {
          const auto* decimal = std::get_if<DecimalType>(&type);
          return decimal_text(value, decimal == nullptr ? 0 : decimal->scale);
        } else if constexpr (std::is_same_v<Value, std::string>) {
          return value;
        } else if constexpr (std::is_same_v<Value, Uuid>) {
          return calve::to_string(value);
        } else if constexpr (std::is_same_v<Value, Binary>) {
          return base64(value.bytes);
        } else {
          return fmt::to_string(value);
        }
      },
      *literal);
}

}  // namespace calve::iceberg
