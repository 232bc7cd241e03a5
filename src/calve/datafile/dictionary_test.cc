#include "calve/datafile/dictionary.h"

#include <cstdint>
#include <limits>
#include <map>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace calve::datafile {
namespace {

std::string plain(std::uint32_t number) {
  return {reinterpret_cast<const char*>(&number), sizeof number};
}

TEST(DictionaryTest, NumbersValuesAsTheyCome) {
  Dictionary<PlainByteArray> dictionary({});
  EXPECT_EQ(dictionary.size(), 0U);
  EXPECT_EQ(dictionary.index_of("b"), 0U);
  EXPECT_EQ(dictionary.index_of(""), 1U);
  EXPECT_EQ(dictionary.index_of("b"), 0U);
  EXPECT_EQ(dictionary.index_of("ba"), 2U);
  EXPECT_EQ(dictionary.index_of(std::string_view("b\0", 2)), 3U);
  EXPECT_EQ(dictionary.index_of(""), 1U);
  EXPECT_EQ(dictionary.size(), 4U);
  EXPECT_EQ(dictionary.value(0), "b");
  EXPECT_EQ(dictionary.value(1), "");
  EXPECT_EQ(dictionary.value(2), "ba");
  EXPECT_EQ(dictionary.value(3), std::string_view("b\0", 2));
  EXPECT_EQ(dictionary.plain_bytes(),
            plain(1) + "b" + plain(0) + plain(2) + "ba" + plain(2) + std::string("b\0", 2));
}

// A reader must get the bits that were written.
TEST(DictionaryTest, TellsFloatingPointNumbersApartByTheirBits) {
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
  Dictionary<PlainAsItLies<double>> dictionary({});
  EXPECT_EQ(dictionary.index_of(0.0), 0U);
  EXPECT_EQ(dictionary.index_of(-0.0), 1U);
  EXPECT_EQ(dictionary.index_of(kNan), 2U);
  EXPECT_EQ(dictionary.index_of(-kNan), 3U);
  EXPECT_EQ(dictionary.index_of(kNan), 2U);
  EXPECT_EQ(dictionary.index_of(0.0), 0U);
}

// As std::map does, over many times the slots that it begins with.
template <class Plain, class Make>
void expect_numbered_like_a_map(Plain plain, Make make) {
  using Value = typename Plain::Value;
  std::mt19937 random(7);
  Dictionary<Plain> dictionary(plain);
  std::map<Value, std::uint32_t> expected;
  std::string bytes;
  for (int i = 0; i < 20'000; ++i) {
    const Value value = make(random() % 5'000);
    const auto [at, is_new] = expected.emplace(value, static_cast<std::uint32_t>(expected.size()));
    if (is_new) plain.append({&value, 1}, bytes);
    ASSERT_EQ(dictionary.index_of(value), at->second) << i;
  }
  EXPECT_EQ(dictionary.size(), expected.size());
  EXPECT_EQ(dictionary.plain_bytes(), bytes);
  for (const auto& [value, index] : expected)
    ASSERT_EQ(dictionary.value(index), value) << index;
  EXPECT_GE(dictionary.held_bytes(), static_cast<std::int64_t>(bytes.size() + expected.size() * 24));
}

TEST(DictionaryTest, GrowsWithoutForgetting) {
  std::vector<std::string> texts(5'000);
  for (std::size_t i = 0; i < texts.size(); ++i)
    texts[i] = std::string(i % 40, 'x') + std::to_string(i);
  expect_numbered_like_a_map(PlainByteArray{}, [&](auto i) { return std::string_view(texts[i]); });
  expect_numbered_like_a_map(PlainAsItLies<std::int32_t>{},
                             [](auto i) { return static_cast<std::int32_t>(i); });
  expect_numbered_like_a_map(PlainNarrowed{}, [](auto i) { return -static_cast<std::int64_t>(i); });
  expect_numbered_like_a_map(PlainBigEndian{.length = 16},
                             [](auto i) { return (batch::Int128{1} << 100) * static_cast<int>(i); });
}

}  // namespace
}  // namespace calve::datafile
