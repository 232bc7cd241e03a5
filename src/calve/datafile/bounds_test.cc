#include "calve/datafile/bounds.h"

#include <gtest/gtest.h>

namespace calve::datafile {
namespace {

std::string repeat(std::string_view text, int times) {
  std::string repeated;
  for (int i = 0; i < times; ++i)
    repeated += text;
  return repeated;
}

struct Case {
  std::string value;
  std::string lower;
  std::optional<std::string> upper;
};

TEST(BoundsTest, CutsStringsAtCodePoints) {
  const std::string last = "\U0010FFFF";
  const Case cases[] = {
      {"", "", ""},
      {"short", "short", "short"},
      {repeat("a", 16), repeat("a", 16), repeat("a", 16)},
      {repeat("a", 17), repeat("a", 16), repeat("a", 15) + "b"},
      {repeat("ä", 16), repeat("ä", 16), repeat("ä", 16)},
      {repeat("ä", 17), repeat("ä", 16), repeat("ä", 15) + "å"},
      {repeat("€", 20), repeat("€", 16), repeat("€", 15) + "₭"},
      {repeat("😀", 17), repeat("😀", 16), repeat("😀", 15) + "😁"},
      {repeat("a", 15) + "\x7F" + "b", repeat("a", 15) + "\x7F", repeat("a", 15) + "\u0080"},
      {repeat("a", 15) + "\u07FF" + "b", repeat("a", 15) + "\u07FF", repeat("a", 15) + "\u0800"},
      {repeat("a", 15) + "\uD7FF" + "b", repeat("a", 15) + "\uD7FF", repeat("a", 15) + "\uE000"},
      {repeat("a", 15) + "\uFFFF" + "b", repeat("a", 15) + "\uFFFF", repeat("a", 15) + "\U00010000"},
      {"a" + repeat(last, 16), "a" + repeat(last, 15), "b"},
      {repeat(last, 17), repeat(last, 16), std::nullopt},
  };
  for (const auto& [value, lower, upper] : cases) {
    EXPECT_EQ(lower_bound_of_string(value), lower) << value;
    EXPECT_EQ(upper_bound_of_string(value), upper) << value;
    EXPECT_LE(lower, value);
    EXPECT_TRUE(!upper || *upper >= value) << value;
  }
}

TEST(BoundsTest, CutsBinaryAtBytes) {
  const Case cases[] = {
      {"", "", ""},
      {repeat("\xFF", 16), repeat("\xFF", 16), repeat("\xFF", 16)},
      {repeat("\x01", 17), repeat("\x01", 16), repeat("\x01", 15) + "\x02"},
      {"\x01" + repeat("\xFF", 16), "\x01" + repeat("\xFF", 15), "\x02"},
      {repeat("\xFF", 17), repeat("\xFF", 16), std::nullopt},
  };
  for (const auto& [value, lower, upper] : cases) {
    EXPECT_EQ(lower_bound_of_binary(value), lower) << testing::PrintToString(value);
    EXPECT_EQ(upper_bound_of_binary(value), upper) << testing::PrintToString(value);
  }
}

}  // namespace
}  // namespace calve::datafile
