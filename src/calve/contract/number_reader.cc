#include "calve/contract/number_reader.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

namespace calve::contract {
namespace {

std::nullopt_t refuse_value(Refusal& refusal, Reason reason, std::string words) {
  refusal.set(reason, std::move(words));
  return std::nullopt;
}

// "12", "12.5", "-0.25": the form of nearly all numbers. Nothing for any other form, a digit that
// the scale has no place for, or more digits than 64 bits surely hold.
std::optional<std::int64_t> read_plain(std::string_view text, int scale) {
  constexpr std::size_t kBytesMax = 18;
  if (text.size() > kBytesMax || scale > 18) return std::nullopt;
  const char* at = text.data();
  const char* const end = at + text.size();
  const bool negative = at < end && *at == '-';
  if (negative) ++at;
  const char* const first = at;
  std::int64_t value = 0;
  while (at < end && static_cast<unsigned char>(*at - '0') <= 9)
    value = value * 10 + (*at++ - '0');
  if (at == first || (*first == '0' && at - first > 1)) return std::nullopt;
  int missing_digits = scale;
  if (at < end) {
    if (*at++ != '.') return std::nullopt;
    const char* const fraction = at;
    while (at < end && static_cast<unsigned char>(*at - '0') <= 9)
      value = value * 10 + (*at++ - '0');
    if (at == fraction || at != end || at - fraction > scale) return std::nullopt;
    missing_digits -= static_cast<int>(at - fraction);
  }
  if (missing_digits > 0 &&
      __builtin_mul_overflow(value, static_cast<std::int64_t>(power_of_ten(missing_digits)), &value)) {
    return std::nullopt;
  }
  return negative ? -value : value;
}

// Everything that read_plain() leaves.
std::optional<Int128> read_any(std::string_view text, NumberSource source, const UnitChecks& checks,
                               Refusal& refusal) {
  const ParsedNumber number = parse_number(text);
  switch (number.syntax) {
    case NumberSyntax::kInvalid:
      return source == NumberSource::kNumber
                 ? refuse_value(refusal, Reason::kNotJson,
                                fmt::format("\"{}\" is not a number", excerpt(text)))
                 : refuse_value(refusal, Reason::kBadFormat, "the string is not a JSON number");
    case NumberSyntax::kTooManyDigits:
      return refuse_value(refusal, Reason::kOutOfRange, "the number has more than 38 significant digits");
    case NumberSyntax::kValid:
      break;
  }
  if (source == NumberSource::kNumber && checks.integers_only && !is_integer(number.value)) {
    return refuse_value(refusal, Reason::kWrongType, fmt::format("{} is not an integer", excerpt(text)));
  }
  const Units units = to_units(number.value, checks.scale);
  switch (units.fit) {
    case Fit::kExact:
      return units.value;
    case Fit::kTooLarge:
      return refuse_value(refusal, Reason::kOutOfRange,
                          fmt::format("{} is beyond {}", excerpt(text), checks.column_high.words));
    case Fit::kInexact:
      if (source == NumberSource::kNumber && checks.exact_multiple_of &&
          !is_multiple(number.value, *checks.exact_multiple_of)) {
        return refuse_value(
            refusal, Reason::kNotAMultiple,
            fmt::format("{} is not a multiple of {}", excerpt(text), to_string(*checks.exact_multiple_of)));
      }
      return refuse_value(refusal, Reason::kInexact,
                          fmt::format("{} has more than {} fraction digits", excerpt(text), checks.scale));
  }
  std::unreachable();
}

bool is_allowed(const Decimal& value, const NumberLeaf& leaf) {
  return std::find(leaf.allowed.begin(), leaf.allowed.end(), value) != leaf.allowed.end();
}

}  // namespace

std::optional<Int128> read_units(std::string_view text, NumberSource source, const NumberLeaf& leaf,
                                 Refusal& refusal) {
  const UnitChecks& checks = leaf.units;
  std::optional<Int128> units = read_plain(text, checks.scale);
  // With a scale a plain "1.5" is no integer yet.
  if (!units || (checks.integers_only && checks.scale > 0)) {
    units = read_any(text, source, checks, refusal);
    if (!units) return std::nullopt;
  }
  const bool by_keywords = source == NumberSource::kNumber;
  const Bound& low = by_keywords ? checks.low : checks.column_low;
  const Bound& high = by_keywords ? checks.high : checks.column_high;
  if (*units < low.units) {
    return refuse_value(refusal, Reason::kOutOfRange,
                        fmt::format("{} is below {}", excerpt(text), low.words));
  }
  if (*units > high.units) {
    return refuse_value(refusal, Reason::kOutOfRange,
                        fmt::format("{} is above {}", excerpt(text), high.words));
  }
  if (!by_keywords) return units;
  if (checks.multiple_of != 1 && *units % checks.multiple_of != 0) {
    return refuse_value(
        refusal, Reason::kNotAMultiple,
        fmt::format("{} is not a multiple of {}", excerpt(text), to_string(*checks.exact_multiple_of)));
  }
  if (leaf.has_allowed && !is_allowed(parse_number(text).value, leaf)) {
    return refuse_value(refusal, Reason::kNotInEnum,
                        fmt::format("{} is not an allowed value", excerpt(text)));
  }
  return units;
}

std::optional<double> read_double(std::string_view text, const NumberLeaf& leaf, Refusal& refusal) {
  const ParsedNumber number = parse_number(text);
  switch (number.syntax) {
    case NumberSyntax::kInvalid:
      return refuse_value(refusal, Reason::kNotJson, fmt::format("\"{}\" is not a number", excerpt(text)));
    case NumberSyntax::kTooManyDigits:
      return refuse_value(refusal, Reason::kOutOfRange, "the number has more than 38 significant digits");
    case NumberSyntax::kValid:
      break;
  }
  const Decimal& exact = number.value;
  const DoubleChecks& checks = leaf.doubles;
  const auto beyond = [&](const std::optional<Decimal>& bound, std::string_view keyword) {
    return refuse_value(refusal, Reason::kOutOfRange,
                        fmt::format("{} is beyond {} {}", excerpt(text), keyword, to_string(*bound)));
  };
  if (checks.minimum && compare(exact, *checks.minimum) < 0) return beyond(checks.minimum, "minimum");
  if (checks.maximum && compare(exact, *checks.maximum) > 0) return beyond(checks.maximum, "maximum");
  if (checks.exclusive_minimum && compare(exact, *checks.exclusive_minimum) <= 0) {
    return beyond(checks.exclusive_minimum, "exclusiveMinimum");
  }
  if (checks.exclusive_maximum && compare(exact, *checks.exclusive_maximum) >= 0) {
    return beyond(checks.exclusive_maximum, "exclusiveMaximum");
  }
  if (checks.multiple_of && !is_multiple(exact, *checks.multiple_of)) {
    return refuse_value(
        refusal, Reason::kNotAMultiple,
        fmt::format("{} is not a multiple of {}", excerpt(text), to_string(*checks.multiple_of)));
  }
  if (leaf.has_allowed && !is_allowed(exact, leaf)) {
    return refuse_value(refusal, Reason::kNotInEnum,
                        fmt::format("{} is not an allowed value", excerpt(text)));
  }
  double value = 0;
  if (std::from_chars(text.data(), text.data() + text.size(), value).ec != std::errc()) {
    return refuse_value(refusal, Reason::kOutOfRange,
                        fmt::format("{} has a magnitude that double does not hold", excerpt(text)));
  }
  return value;
}

}  // namespace calve::contract
