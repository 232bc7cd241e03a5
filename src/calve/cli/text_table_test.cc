#include "calve/cli/text_table.h"

#include <sstream>

#include <gtest/gtest.h>

namespace calve::cli {
namespace {

TEST(TextTableTest, AlignsColumnsAndLeavesNoSpaceAtTheEnd) {
  std::ostringstream out;
  print_table(out, {{"status"}, {"orders", Align::kRight}, {"note"}},
              {{"paid", "1,000", "größer"}, {"on_hold", "7", ""}});
  EXPECT_EQ(out.str(),
            "status   orders  note\n"
            "-------  ------  ------\n"
            "paid      1,000  größer\n"
            "on_hold       7\n");
}

TEST(TextTableTest, WithoutRowsTheHeadingRemains) {
  std::ostringstream out;
  print_table(out, {{"a"}}, {});
  EXPECT_EQ(out.str(), "a\n-\n");
}

TEST(TextTableTest, WideCellsOfATerminalAreShortenedByWholeCharacters) {
  std::string umlauts;
  for (int i = 0; i < 70; ++i)
    umlauts += "ö";
  std::string expected;
  for (int i = 0; i < 59; ++i)
    expected += "ö";
  std::ostringstream out;
  print_table(out, {{"x"}}, {{umlauts}}, 80);
  EXPECT_TRUE(out.str().ends_with("\n" + expected + "…\n")) << out.str();
  std::ostringstream piped;
  print_table(piped, {{"x"}}, {{umlauts}});
  EXPECT_TRUE(piped.str().ends_with("\n" + umlauts + "\n")) << piped.str();
}

TEST(TextTableTest, WhatIsTooWideForTheLineIsOneValueALine) {
  const std::vector<TextColumn> columns = {{"id", Align::kRight}, {"name"}};
  const std::vector<std::vector<std::string>> rows = {{"1", "abc"}, {"20", "d"}};
  std::ostringstream fits;
  print_table(fits, columns, rows, 8);
  EXPECT_EQ(fits.str(), "id  name\n--  ----\n 1  abc\n20  d\n");
  std::ostringstream too_wide;
  print_table(too_wide, columns, rows, 7);
  EXPECT_EQ(too_wide.str(), "-- 1 --\nid    1\nname  abc\n-- 2 --\nid    20\nname  d\n");
}

TEST(TextTableTest, NoCellSteersTheTerminal) {
  std::ostringstream out;
  print_table(out, {{"x"}}, {{"\x1b[2J"}});
  EXPECT_EQ(out.str(), "x\n-------\n\\x1b[2J\n");
}

TEST(TextTableTest, GroupsDigits) {
  EXPECT_EQ(group_digits(0), "0");
  EXPECT_EQ(group_digits(999), "999");
  EXPECT_EQ(group_digits(1'000), "1,000");
  EXPECT_EQ(group_digits(1'234'567), "1,234,567");
  EXPECT_EQ(group_digits(-123), "-123");
  EXPECT_EQ(group_digits(-1'234), "-1,234");
}

}  // namespace
}  // namespace calve::cli
