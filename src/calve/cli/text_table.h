// Rows as an aligned table for people.

#pragma once

#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace calve::cli {

enum class Align { kLeft, kRight };

struct TextColumn {
  std::string name;
  Align align = Align::kLeft;
};

// A heading, a rule and the rows; cells wider than kCellWidthMax are shortened with an ellipsis. Control
// bytes are escaped, so that no value can steer the terminal.
inline constexpr std::size_t kCellWidthMax = 60;
void print_table(std::ostream& out, const std::vector<TextColumn>& columns,
                 const std::vector<std::vector<std::string>>& rows);

// "\x1b[2J" and other control bytes as visible text; UTF-8 stays.
std::string escape_control(std::string_view text);

// "1,234,567"
std::string group_digits(std::int64_t number);

}  // namespace calve::cli
