#include "calve/datafile/rle_hybrid.h"

#include <cstdint>
#include <numeric>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace calve::datafile {
namespace {

using testing::ElementsAre;
using Numbers = std::vector<std::uint32_t>;

std::vector<int> encode(const Numbers& values, int bit_width) {
  std::string bytes;
  append_rle_hybrid(std::span(values), bit_width, bytes);
  return {reinterpret_cast<const std::uint8_t*>(bytes.data()),
          reinterpret_cast<const std::uint8_t*>(bytes.data()) + bytes.size()};
}

// By the grammar alone, one bit after the other; all groups whole.
Numbers decode(std::string_view bytes, int bit_width, std::size_t count) {
  Numbers values;
  std::size_t at = 0;
  const auto byte = [&] { return static_cast<std::uint8_t>(bytes.at(at++)); };
  while (values.size() < count) {
    std::uint64_t header = 0;
    for (int shift = 0;; shift += 7) {
      const std::uint8_t next = byte();
      header |= std::uint64_t{next & 0x7FU} << shift;
      if (next < 0x80) break;
    }
    if ((header & 1) == 0) {
      std::uint32_t value = 0;
      for (int shift = 0; shift < bit_width; shift += 8)
        value |= std::uint32_t{byte()} << shift;
      EXPECT_GT(header >> 1, 0U);
      values.insert(values.end(), header >> 1, value);
      continue;
    }
    const std::size_t begin = at;
    for (std::size_t i = 0; i < (header >> 1) * 8; ++i) {
      std::uint32_t value = 0;
      for (int b = 0; b < bit_width; ++b) {
        const std::size_t bit = i * static_cast<std::size_t>(bit_width) + static_cast<std::size_t>(b);
        value |= (static_cast<std::uint8_t>(bytes.at(begin + bit / 8)) >> (bit % 8) & 1U) << b;
      }
      if (values.size() < count) {
        values.push_back(value);
      } else {
        EXPECT_EQ(value, 0U);
      }
    }
    at += (header >> 1) * static_cast<std::size_t>(bit_width);
  }
  EXPECT_EQ(values.size(), count);
  EXPECT_EQ(at, bytes.size());
  return values;
}

TEST(RleHybridTest, WidthIsThatOfTheLargest) {
  EXPECT_EQ(bit_width_of(0), 0);
  EXPECT_EQ(bit_width_of(1), 1);
  EXPECT_EQ(bit_width_of(2), 2);
  EXPECT_EQ(bit_width_of(255), 8);
  EXPECT_EQ(bit_width_of(256), 9);
  EXPECT_EQ(bit_width_of(UINT32_MAX), 32);
}

// The example of Encodings.md: 0 to 7 in three bits.
TEST(RleHybridTest, PacksAsTheFormatShows) {
  Numbers values(8);
  std::iota(values.begin(), values.end(), 0U);
  EXPECT_THAT(encode(values, 3), ElementsAre(1 << 1 | 1, 0b10001000, 0b11000110, 0b11111010));
}

TEST(RleHybridTest, WritesRuns) {
  EXPECT_THAT(encode({}, 1), ElementsAre());
  EXPECT_THAT(encode(Numbers(8, 1), 1), ElementsAre(8 << 1, 1));
  EXPECT_THAT(encode(Numbers(64, 1), 1), ElementsAre(0x80, 0x01, 1));
  EXPECT_THAT(encode(Numbers(8, 0x0102), 9), ElementsAre(8 << 1, 0x02, 0x01));
  EXPECT_THAT(encode(Numbers(8, 0x010203), 17), ElementsAre(8 << 1, 0x03, 0x02, 0x01));
  EXPECT_THAT(encode(Numbers(8, UINT32_MAX), 32), ElementsAre(8 << 1, 0xFF, 0xFF, 0xFF, 0xFF));
  EXPECT_THAT(encode(Numbers(8, 0), 0), ElementsAre(8 << 1));
  EXPECT_THAT(encode(Numbers(7, 1), 1), ElementsAre(1 << 1 | 1, 0b01111111));
  EXPECT_THAT(encode(Numbers(3, 0), 0), ElementsAre(1 << 1 | 1));
}

TEST(RleHybridTest, AppendsBehindWhatIsThere) {
  std::string bytes = "abc";
  append_rle_hybrid(std::span<const std::int16_t>(std::vector<std::int16_t>(9, 1)), 1, bytes);
  EXPECT_EQ(bytes, std::string("abc\x12\x01"));
}

// Runs of every length at every distance from each other, and nothing but runs longer than a group.
TEST(RleHybridTest, ReadsBackEveryWidth) {
  std::mt19937 random(5);
  for (int bit_width = 0; bit_width <= 32; ++bit_width) {
    for (int round = 0; round < 200; ++round) {
      const std::uint32_t largest = bit_width == 0 ? 0 : UINT32_MAX >> (32 - bit_width);
      Numbers values;
      for (std::size_t parts = random() % 6; parts > 0; --parts) {
        if (random() % 2 == 0) {
          values.insert(values.end(), 1 + random() % 40, random() & largest);
        } else {
          for (std::size_t left = random() % 40; left > 0; --left)
            values.push_back(random() % 8 == 0 ? largest : random() & largest);
        }
      }
      std::string bytes;
      append_rle_hybrid(std::span<const std::uint32_t>(values), bit_width, bytes);
      ASSERT_EQ(decode(bytes, bit_width, values.size()), values) << bit_width << ' ' << round;
      if (bit_width > 15) continue;
      std::string of_levels;
      const std::vector<std::int16_t> levels(values.begin(), values.end());
      append_rle_hybrid(std::span<const std::int16_t>(levels), bit_width, of_levels);
      ASSERT_EQ(of_levels, bytes) << bit_width << ' ' << round;
    }
  }
}

}  // namespace
}  // namespace calve::datafile
