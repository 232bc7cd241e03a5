#include "calve/contract/decimal.h"

#include <algorithm>
#include <array>

namespace calve::contract {
namespace {

using UInt128 = unsigned __int128;

constexpr std::int64_t kExponentMax = 1'000'000'000;

constexpr std::array<Int128, Decimal::kDigitsMax + 1> kPowersOfTen = [] {
  std::array<Int128, Decimal::kDigitsMax + 1> powers{};
  powers[0] = 1;
  for (std::size_t i = 1; i < powers.size(); ++i)
    powers[i] = powers[i - 1] * 10;
  return powers;
}();
constexpr Int128 kUnitsMax = kPowersOfTen[Decimal::kDigitsMax] - 1;

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// Takes digits one by one; zeros wait until a further digit shows that they are not trailing.
class Coefficient {
 public:
  void add(char digit) {
    if (digit == '0') {
      ++zeros_;
      return;
    }
    if (digits_ > 0) append_zeros();
    zeros_ = 0;
    if (++digits_ > Decimal::kDigitsMax) return;
    value_ = value_ * 10 + static_cast<unsigned>(digit - '0');
  }

  bool too_long() const { return digits_ > Decimal::kDigitsMax; }
  UInt128 value() const { return value_; }
  std::int64_t trailing_zeros() const { return zeros_; }

 private:
  void append_zeros() {
    digits_ += zeros_;
    if (digits_ <= Decimal::kDigitsMax) value_ *= static_cast<UInt128>(kPowersOfTen[zeros_]);
  }

  UInt128 value_ = 0;
  std::int64_t digits_ = 0;
  std::int64_t zeros_ = 0;
};

struct FloorUnits {
  Int128 value;
  bool exact;
};

FloorUnits floor_with_remainder(const Decimal& value, int scale) {
  const std::int64_t shift = std::int64_t{value.exponent} + scale;
  if (shift >= 0) {
    const Units units = to_units(value, scale);
    if (units.fit == Fit::kExact) return {units.value, true};
    return {value.coefficient < 0 ? -kUnitsMax : kUnitsMax, true};
  }
  if (-shift > Decimal::kDigitsMax) return {value.coefficient < 0 ? -1 : 0, value.coefficient == 0};
  const Int128 divisor = kPowersOfTen[-shift];
  const Int128 remainder = value.coefficient % divisor;
  return {value.coefficient / divisor - (remainder < 0 ? 1 : 0), remainder == 0};
}

int digit_count(Int128 magnitude) {
  return static_cast<int>(std::upper_bound(kPowersOfTen.begin(), kPowersOfTen.end(), magnitude) -
                          kPowersOfTen.begin());
}

int sign(Int128 value) {
  return value < 0 ? -1 : value > 0 ? 1 : 0;
}

std::string digits_of(Int128 magnitude) {
  std::string digits;
  do {
    digits += static_cast<char>('0' + static_cast<int>(magnitude % 10));
    magnitude /= 10;
  } while (magnitude > 0);
  std::reverse(digits.begin(), digits.end());
  return digits;
}

}  // namespace

ParsedNumber parse_number(std::string_view text) {
  constexpr ParsedNumber kInvalid{.syntax = NumberSyntax::kInvalid};
  const char* at = text.data();
  const char* const end = at + text.size();
  const bool negative = at < end && *at == '-';
  if (negative) ++at;

  Coefficient coefficient;
  if (at == end || !is_digit(*at)) return kInvalid;
  if (*at == '0') {
    ++at;
  } else {
    while (at < end && is_digit(*at))
      coefficient.add(*at++);
  }
  std::int64_t fraction_digits = 0;
  if (at < end && *at == '.') {
    ++at;
    if (at == end || !is_digit(*at)) return kInvalid;
    const char* const first = at;
    while (at < end && is_digit(*at))
      coefficient.add(*at++);
    fraction_digits = at - first;
  }
  std::int64_t exponent = 0;
  if (at < end && (*at == 'e' || *at == 'E')) {
    ++at;
    const bool below_one = at < end && *at == '-';
    if (at < end && (*at == '-' || *at == '+')) ++at;
    if (at == end || !is_digit(*at)) return kInvalid;
    while (at < end && is_digit(*at))
      exponent = std::min(exponent * 10 + (*at++ - '0'), kExponentMax);
    if (below_one) exponent = -exponent;
  }
  if (at != end) return kInvalid;

  if (coefficient.too_long()) return {.syntax = NumberSyntax::kTooManyDigits};
  Decimal value;
  if (coefficient.value() != 0) {
    const auto magnitude = static_cast<Int128>(coefficient.value());
    value.coefficient = negative ? -magnitude : magnitude;
    value.exponent = static_cast<std::int32_t>(
        std::clamp(exponent - fraction_digits + coefficient.trailing_zeros(), -kExponentMax, kExponentMax));
  }
  return {.syntax = NumberSyntax::kValid, .value = value};
}

bool is_integer(const Decimal& value) {
  return value.exponent >= 0;
}

Units to_units(const Decimal& value, int scale) {
  const std::int64_t shift = std::int64_t{value.exponent} + scale;
  if (value.coefficient == 0) return {};
  if (shift < 0) {
    if (-shift > Decimal::kDigitsMax || value.coefficient % kPowersOfTen[-shift] != 0) {
      return {.fit = Fit::kInexact};
    }
    return {.value = value.coefficient / kPowersOfTen[-shift]};
  }
  Int128 units = 0;
  if (shift > Decimal::kDigitsMax || __builtin_mul_overflow(value.coefficient, kPowersOfTen[shift], &units) ||
      units > kUnitsMax || units < -kUnitsMax) {
    return {.fit = Fit::kTooLarge};
  }
  return {.value = units};
}

Int128 floor_units(const Decimal& value, int scale) {
  return floor_with_remainder(value, scale).value;
}

Int128 ceil_units(const Decimal& value, int scale) {
  const FloorUnits floor = floor_with_remainder(value, scale);
  return floor.exact ? floor.value : floor.value + 1;
}

Int128 power_of_ten(int exponent) {
  return kPowersOfTen[exponent];
}

int compare(const Decimal& value, const Decimal& other) {
  const int value_sign = sign(value.coefficient);
  if (value_sign != sign(other.coefficient)) return value_sign < sign(other.coefficient) ? -1 : 1;
  if (value_sign == 0) return 0;
  Int128 left = value_sign * value.coefficient;
  Int128 right = value_sign * other.coefficient;
  const std::int64_t left_end = std::int64_t{digit_count(left)} + value.exponent;
  const std::int64_t right_end = std::int64_t{digit_count(right)} + other.exponent;
  if (left_end != right_end) return left_end < right_end ? -value_sign : value_sign;
  // Of equal magnitude, so the exponents are less than 38 apart, and the coefficients can be aligned
  // within 38 digits.
  if (value.exponent > other.exponent) left *= kPowersOfTen[value.exponent - other.exponent];
  if (other.exponent > value.exponent) right *= kPowersOfTen[other.exponent - value.exponent];
  return left == right ? 0 : left < right ? -value_sign : value_sign;
}

bool is_multiple(const Decimal& value, const Decimal& of) {
  if (value.coefficient == 0) return true;
  const std::int64_t shift = std::int64_t{value.exponent} - of.exponent;
  if (shift < 0) {
    Int128 divisor = 0;
    if (-shift > Decimal::kDigitsMax ||
        __builtin_mul_overflow(of.coefficient, kPowersOfTen[-shift], &divisor)) {
      return false;  // The divisor is above any coefficient.
    }
    return value.coefficient % divisor == 0;
  }
  // coefficient * 10^shift modulo `of`, by squaring: every factor stays below 2^63.
  Int128 remainder = value.coefficient % of.coefficient;
  Int128 base = 10 % of.coefficient;
  for (std::int64_t power = shift; power > 0; power >>= 1) {
    if ((power & 1) != 0) remainder = remainder * base % of.coefficient;
    base = base * base % of.coefficient;
  }
  return remainder == 0;
}

std::string units_text(Int128 units, int scale) {
  std::string digits = digits_of(units < 0 ? -units : units);
  if (scale > 0) {
    if (digits.size() <= static_cast<std::size_t>(scale)) digits.insert(0, scale + 1 - digits.size(), '0');
    digits.insert(digits.size() - scale, ".");
  }
  return units < 0 ? "-" + digits : digits;
}

std::string to_string(const Decimal& value) {
  if (value.exponent > 0) {
    const Units units = to_units(value, 0);
    if (units.fit == Fit::kExact) return units_text(units.value, 0);
  } else if (value.exponent >= -Decimal::kDigitsMax) {
    return units_text(value.coefficient, -value.exponent);
  }
  return units_text(value.coefficient, 0) + "e" + std::to_string(value.exponent);
}

}  // namespace calve::contract
