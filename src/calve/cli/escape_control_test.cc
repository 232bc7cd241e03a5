#include "calve/cli/escape_control.h"

#include <vector>

#include <gtest/gtest.h>

namespace calve::cli {
namespace {

TEST(EscapeControlTest, NoValueSteersTheTerminal) {
  struct Case {
    std::string given;
    std::string shown;
  };
  const std::vector<Case> cases = {
      {"plain, größer, 注文", "plain, größer, 注文"},
      {"\x1b[2J", "\\x1b[2J"},
      {std::string("a\0b", 3), "a\\x00b"},
      {"a\nb\tc\rd\x7f", "a\\x0ab\\x09c\\x0dd\\x7f"},
      {"\xc2\x9b"
       "2J",
       "\\u009b2J"},  // C1: a control sequence introducer
      {"\xe2\x80\xae"
       "evil",
       "\\u202eevil"},  // right-to-left override
      {"\xe2\x81\xa6"
       "x",
       "\\u2066x"},                         // isolate
      {"\xff\xfe", "\\xff\\xfe"},           // no UTF-8
      {"\xc3", "\\xc3"},                    // cut short
      {"\xc0\x9b", "\\xc0\\x9b"},           // overlong
      {"\xed\xa0\x80", "\\xed\\xa0\\x80"},  // a surrogate
      {"\x9b"
       "31m",
       "\\x9b31m"},
  };
  for (const Case& c : cases)
    EXPECT_EQ(escape_control(c.given), c.shown);
}

TEST(EscapeControlTest, LinesStayWhereTheyMay) {
  EXPECT_EQ(escape_control_in_lines("a\n\tb\x1b"), "a\n\\x09b\\x1b");
}

}  // namespace
}  // namespace calve::cli
