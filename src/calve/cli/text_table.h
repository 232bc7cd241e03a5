// Rows as an aligned table for people.

#pragma once

#include <cstdint>
#include <optional>
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

// A heading, a rule and the rows. `line_width_max` is a terminal's: cells wider than kCellWidthMax are
// shortened with an ellipsis there, and if a line were still longer, each row is a record instead, of one
// line a value. Without it, as in a file or a pipe, values stay whole. Control bytes are escaped, so that no
// value can steer the terminal.
inline constexpr std::size_t kCellWidthMax = 60;
void print_table(std::ostream& out, const std::vector<TextColumn>& columns,
                 const std::vector<std::vector<std::string>>& rows,
                 std::optional<std::size_t> line_width_max = std::nullopt);

// "1,234,567"
std::string group_digits(std::int64_t number);

}  // namespace calve::cli
