#include "calve/datafile/value_bounds.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

namespace calve::datafile {
namespace {

template <class T>
ValueBounds<T> bounds_of(const std::vector<T>& values) {
  ValueBounds<T> bounds;
  bounds.add(values);
  return bounds;
}

TEST(ValueBoundsTest, BoundsNumbers) {
  EXPECT_TRUE(bounds_of<std::int64_t>({}).empty());
  const auto longs = bounds_of<std::int64_t>({3, INT64_MIN, INT64_MAX});
  EXPECT_EQ(longs.low(), INT64_MIN);
  EXPECT_EQ(longs.high(), INT64_MAX);
  const auto booleans = bounds_of<std::uint8_t>({1, 1});
  EXPECT_EQ(booleans.low(), 1);
  EXPECT_EQ(booleans.high(), 1);
}

TEST(ValueBoundsTest, NanBoundsNothing) {
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  EXPECT_TRUE(bounds_of<double>({kNan, -kNan}).empty());
  for (const std::vector<double>& values :
       {std::vector{kNan, 1.0, -2.0}, {1.0, kNan, -2.0}, {-2.0, 1.0, kNan}}) {
    EXPECT_EQ(bounds_of(values).low(), -2);
    EXPECT_EQ(bounds_of(values).high(), 1);
  }
  EXPECT_EQ(bounds_of<double>({-kInfinity, kNan, kInfinity}).low(), -kInfinity);
  EXPECT_EQ(bounds_of<double>({-kInfinity, kNan, kInfinity}).high(), kInfinity);
}

// A reader may take -0.0 to be less than 0.0.
TEST(ValueBoundsTest, ZerosBoundBothZeros) {
  for (const std::vector<float>& values : {std::vector{0.0F}, {-0.0F}, {0.0F, -0.0F}, {-0.0F, 0.0F}}) {
    EXPECT_TRUE(std::signbit(bounds_of(values).low()));
    EXPECT_FALSE(std::signbit(bounds_of(values).high()));
  }
  EXPECT_EQ(bounds_of<float>({-1.5F}).high(), -1.5F);
  EXPECT_EQ(bounds_of<float>({1.5F}).low(), 1.5F);
}

TEST(ValueBoundsTest, AddsBounds) {
  ValueBounds<std::int32_t> numbers;
  numbers.add(ValueBounds<std::int32_t>());
  EXPECT_TRUE(numbers.empty());
  numbers.add(bounds_of<std::int32_t>({5, 7}));
  numbers.add(ValueBounds<std::int32_t>());
  numbers.add(bounds_of<std::int32_t>({6}));
  numbers.add(bounds_of<std::int32_t>({-1}));
  EXPECT_EQ(numbers.low(), -1);
  EXPECT_EQ(numbers.high(), 7);

  ValueBounds<std::string_view> texts;
  texts.add(ValueBounds<std::string_view>());
  EXPECT_TRUE(texts.empty());
  texts.add(bounds_of<std::string_view>({"m", "n"}));
  texts.add(ValueBounds<std::string_view>());
  texts.add(bounds_of<std::string_view>({"", "z"}));
  EXPECT_EQ(texts.low(), "");
  EXPECT_EQ(texts.high(), "z");
}

TEST(ValueBoundsTest, KeepsItsTexts) {
  std::string text = "a text that no small string holds";
  ValueBounds<std::string_view> bounds;
  bounds.add(text);
  text.assign(text.size(), 'x');
  EXPECT_EQ(bounds.low(), "a text that no small string holds");
}

TEST(ValueBoundsTest, OrdersTextsByUnsignedBytes) {
  using std::string_view_literals::operator""sv;
  // In their order.
  const std::string_view texts[] = {""sv,
                                    "\0"sv,
                                    "\0\0"sv,
                                    "\0a"sv,
                                    "a"sv,
                                    "a\0"sv,
                                    "a\0\0\0\0\0\0"sv,
                                    "a\0\0\0\0\0\0\0"sv,
                                    "a\0\0\0\0\0\0\0\0"sv,
                                    "aaaaaaaa"sv,
                                    "aaaaaaaa\0"sv,
                                    "aaaaaaaab"sv,
                                    "aaaaaaab"sv,
                                    "b"sv,
                                    "\x7F"sv,
                                    "\x80"sv,
                                    "\xFF"sv,
                                    "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF"sv};
  for (std::size_t i = 0; i < std::size(texts); ++i) {
    for (std::size_t j = i; j < std::size(texts); ++j) {
      for (const auto& values : {std::vector{texts[i], texts[j]}, {texts[j], texts[i]}}) {
        const auto bounds = bounds_of(values);
        EXPECT_EQ(bounds.low(), texts[i]) << i << ' ' << j;
        EXPECT_EQ(bounds.high(), texts[j]) << i << ' ' << j;
      }
    }
  }
}

TEST(ValueBoundsTest, OrdersUuidsByUnsignedBytes) {
  Uuid low{.bytes = {0x01}};
  low.bytes[15] = 0xFF;
  const Uuid middle{.bytes = {0x7F}};
  Uuid high{.bytes = {0x80}};
  high.bytes[9] = 1;
  const auto bounds = bounds_of<Uuid>({middle, high, low});
  EXPECT_EQ(bounds.low(), low);
  EXPECT_EQ(bounds.high(), high);
}

TEST(ValueBoundsTest, AgreesWithMinAndMaxOfRandomTexts) {
  std::mt19937 random(11);
  for (int round = 0; round < 2'000; ++round) {
    std::vector<std::string> texts(1 + random() % 6);
    for (std::string& text : texts) {
      text.resize(random() % 12);
      std::ranges::generate(text, [&] { return static_cast<char>("\0\1\x7F\x80\xFF"[random() % 5]); });
    }
    const auto bounds = bounds_of(std::vector<std::string_view>(texts.begin(), texts.end()));
    EXPECT_EQ(bounds.low(), std::ranges::min(texts)) << round;
    EXPECT_EQ(bounds.high(), std::ranges::max(texts)) << round;
  }
}

}  // namespace
}  // namespace calve::datafile
