// Numbers as JSON writes them, exactly. Money never passes through a double.
//
//   number = ["-"] int ["." 1*DIGIT] [("e" / "E") ["+" / "-"] 1*DIGIT]     RFC 8259, section 6
//   int    = "0" / (%x31-39 *DIGIT)

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace calve::contract {

using Int128 = __int128;

// The number coefficient * 10^exponent. Normal: no trailing zero in the coefficient, 0 is {0, 0}; so
// two Decimals are equal if and only if their numbers are.
struct Decimal {
  static constexpr int kDigitsMax = 38;

  Int128 coefficient = 0;
  std::int32_t exponent = 0;

  bool operator==(const Decimal&) const = default;
};

enum class NumberSyntax {
  kValid,
  kInvalid,        // not a number of the grammar above
  kTooManyDigits,  // a number, with more than Decimal::kDigitsMax significant digits
};

struct ParsedNumber {
  NumberSyntax syntax = NumberSyntax::kInvalid;
  Decimal value;  // of a kValid number
};

// Linear in the text, whatever its length. An exponent beyond +-1,000,000,000 is held at that.
ParsedNumber parse_number(std::string_view text);

// Whether value is a whole number, as JSON Schema's "integer" means it: 1.0 and 1e2 are.
bool is_integer(const Decimal& value);

enum class Fit {
  kExact,
  kTooLarge,  // needs more than 38 digits at that scale
  kInexact,   // has more fraction digits than that scale
};

struct Units {
  Fit fit = Fit::kExact;
  Int128 value = 0;  // value * 10^scale, of a kExact fit
};

// The value in units of 10^-scale, 0 <= scale <= 38.
Units to_units(const Decimal& value, int scale);
// The nearest unit at or below, and at or above; held at +-(10^38 - 1).
Int128 floor_units(const Decimal& value, int scale);
Int128 ceil_units(const Decimal& value, int scale);

// 10^exponent, 0 <= exponent <= 38.
Int128 power_of_ten(int exponent);

// Negative, zero or positive, as value is below, at or above other.
int compare(const Decimal& value, const Decimal& other);

// value / of is a whole number. `of` is above 0 and its coefficient below 2^63.
bool is_multiple(const Decimal& value, const Decimal& of);

// "-12.50" for -1250 at scale 2.
std::string units_text(Int128 units, int scale);
// Plain digits where the exponent is small, else "coefficient" "e" "exponent".
std::string to_string(const Decimal& value);

}  // namespace calve::contract
