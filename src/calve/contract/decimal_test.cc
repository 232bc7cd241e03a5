#include "calve/contract/decimal.h"

#include <random>
#include <string>

#include <gtest/gtest.h>

namespace calve::contract {
namespace {

Decimal number(std::string_view text) {
  const ParsedNumber parsed = parse_number(text);
  EXPECT_EQ(parsed.syntax, NumberSyntax::kValid) << text;
  return parsed.value;
}

TEST(DecimalTest, ReadsTheExactValue) {
  const struct {
    std::string_view text;
    std::int64_t coefficient;
    std::int32_t exponent;
  } cases[] = {
      {"0", 0, 0},
      {"-0.000", 0, 0},
      {"0e999999999999", 0, 0},
      {"12", 12, 0},
      {"1200", 12, 2},
      {"-1.50", -15, -1},
      {"0.0012", 12, -4},
      {"1e3", 1, 3},
      {"1.5E+3", 15, 2},
      {"100e-2", 1, 0},
      {"10.010", 1001, -2},
      {"1e999999999999", 1, 1'000'000'000},
      {"1e-999999999999", 1, -1'000'000'000},
  };
  for (const auto& each : cases) {
    EXPECT_EQ(number(each.text), (Decimal{each.coefficient, each.exponent})) << each.text;
  }
}

TEST(DecimalTest, HoldsThirtyEightDigits) {
  const std::string nines(38, '9');
  EXPECT_EQ(units_text(number(nines).coefficient, 0), nines);
  EXPECT_EQ(number("0." + std::string(50, '0') + nines).exponent, -88);
  EXPECT_EQ(number(nines + std::string(100, '0')).exponent, 100);
  EXPECT_EQ(parse_number(nines + "1").syntax, NumberSyntax::kTooManyDigits);
  EXPECT_EQ(parse_number("1" + std::string(37, '0') + ".1").syntax, NumberSyntax::kTooManyDigits);
  EXPECT_EQ(parse_number(std::string(1'000'000, '7')).syntax, NumberSyntax::kTooManyDigits);
}

TEST(DecimalTest, UnitsAreExactOrNothing) {
  EXPECT_EQ(to_units(number("19.99"), 2).value, 1999);
  EXPECT_EQ(to_units(number("19.9"), 2).value, 1990);
  EXPECT_EQ(to_units(number("19.990000"), 2).value, 1999);
  EXPECT_EQ(to_units(number("19.999"), 2).fit, Fit::kInexact);
  EXPECT_EQ(to_units(number("1e-1000000"), 38).fit, Fit::kInexact);
  EXPECT_EQ(to_units(number("1e37"), 0).fit, Fit::kExact);
  EXPECT_EQ(to_units(number("1e38"), 0).fit, Fit::kTooLarge);
  EXPECT_EQ(to_units(number("-1e36"), 2).fit, Fit::kTooLarge);
}

TEST(DecimalTest, RoundsBoundsInwards) {
  EXPECT_EQ(floor_units(number("2.5"), 0), 2);
  EXPECT_EQ(ceil_units(number("2.5"), 0), 3);
  EXPECT_EQ(floor_units(number("-2.5"), 0), -3);
  EXPECT_EQ(ceil_units(number("-2.5"), 0), -2);
  EXPECT_EQ(floor_units(number("3"), 2), 300);
  EXPECT_EQ(ceil_units(number("3"), 2), 300);
  EXPECT_EQ(floor_units(number("-1e-99"), 2), -1);
  EXPECT_EQ(ceil_units(number("1e-99"), 2), 1);
}

TEST(DecimalTest, ComparesAcrossExponents) {
  const std::string_view ascending[] = {"-1e400",
                                        "-1e38",
                                        "-10",
                                        "-9.999999999999999999999999999999999999",
                                        "-1",
                                        "-0.1",
                                        "-1e-400",
                                        "0",
                                        "1e-400",
                                        "0.1",
                                        "0.10000000000000000001",
                                        "1",
                                        "9",
                                        "10",
                                        "11",
                                        "99999999999999999999999999999999999999",
                                        "1e38",
                                        "1e400"};
  for (std::size_t i = 0; i < std::size(ascending); ++i) {
    for (std::size_t j = 0; j < std::size(ascending); ++j) {
      const int expected = i < j ? -1 : i > j ? 1 : 0;
      EXPECT_EQ(compare(number(ascending[i]), number(ascending[j])), expected)
          << ascending[i] << " " << ascending[j];
    }
  }
}

// Against long division by hand: the texts of k * divisor are multiples, those of k * divisor + 1 unit
// are not.
TEST(DecimalTest, MultiplesAreExact) {
  const std::uint32_t seed = std::random_device{}();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::mt19937_64 random(seed);
  for (int round = 0; round < 2'000; ++round) {
    const auto divisor = static_cast<std::int64_t>(random() % 1'000'000 + 2);
    const auto factor = static_cast<std::int64_t>(random() % 1'000'000'000);
    const int scale = static_cast<int>(random() % 10);
    const Decimal of = number(units_text(divisor, scale));
    EXPECT_TRUE(is_multiple(number(units_text(Int128{divisor} * factor, scale)), of))
        << divisor << " " << factor;
    EXPECT_FALSE(is_multiple(number(units_text(Int128{divisor} * factor + 1, scale)), of))
        << divisor << " " << factor;
  }
  EXPECT_TRUE(is_multiple(number("1e1000000000"), number("0.5")));
  EXPECT_FALSE(is_multiple(number("1e1000000000"), number("3")));
  EXPECT_FALSE(is_multiple(number("1e-1000000000"), number("3")));
}

TEST(DecimalTest, WritesPlainDigits) {
  EXPECT_EQ(to_string(number("-1.50")), "-1.5");
  EXPECT_EQ(to_string(number("0.01")), "0.01");
  EXPECT_EQ(to_string(number("1200")), "1200");
  EXPECT_EQ(to_string(number("1e400")), "1e400");
  EXPECT_EQ(units_text(-5, 2), "-0.05");
}

}  // namespace
}  // namespace calve::contract
