#include "calve/cli/text_table.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include <fmt/format.h>
#include <fmt/ostream.h>

#include "calve/cli/escape_control.h"

namespace calve::cli {
namespace {

constexpr std::string_view kGap = "  ";

bool continues_code_point(char c) {
  return (static_cast<unsigned char>(c) & 0xc0) == 0x80;
}

// In code points: wide and combining characters count as one, which only costs alignment.
std::size_t width_of(std::string_view text) {
  return text.size() - static_cast<std::size_t>(std::ranges::count_if(text, continues_code_point));
}

std::string shortened(std::string text) {
  if (width_of(text) <= kCellWidthMax) return text;
  std::size_t end = 0;
  for (std::size_t points = 0; points < kCellWidthMax - 1; ++points) {
    do {
      ++end;
    } while (continues_code_point(text[end]));
  }
  return text.substr(0, end) + "…";
}

std::string padded(const std::string& text, std::size_t width, Align align) {
  const std::string space(width - width_of(text), ' ');
  return align == Align::kRight ? space + text : text + space;
}

void print_records(std::ostream& out, const std::vector<std::string>& names,
                   const std::vector<std::vector<std::string>>& rows) {
  std::size_t names_width = 0;
  for (const std::string& name : names)
    names_width = std::max(names_width, width_of(name));
  for (std::size_t row = 0; row < rows.size(); ++row) {
    fmt::print(out, "-- {} --\n", row + 1);
    for (std::size_t i = 0; i < names.size(); ++i)
      fmt::print(out, "{}{}{}\n", padded(names[i], names_width, Align::kLeft), kGap, rows[row][i]);
  }
}

}  // namespace

std::string group_digits(std::int64_t number) {
  std::string digits = std::to_string(number);
  const std::size_t first = digits.starts_with('-') ? 1 : 0;
  for (std::size_t at = digits.size(); at > first + 3;) {
    at -= 3;
    digits.insert(at, 1, ',');
  }
  return digits;
}

void print_table(std::ostream& out, const std::vector<TextColumn>& columns,
                 const std::vector<std::vector<std::string>>& rows,
                 std::optional<std::size_t> line_width_max) {
  const auto cell_text = [&](const std::string& text) {
    std::string escaped = escape_control(text);
    return line_width_max ? shortened(std::move(escaped)) : escaped;
  };
  std::vector<std::string> names;
  std::vector<std::size_t> widths;
  for (const TextColumn& column : columns) {
    names.push_back(cell_text(column.name));
    widths.push_back(width_of(names.back()));
  }
  std::vector<std::vector<std::string>> cells;
  for (const auto& row : rows) {
    auto& line = cells.emplace_back();
    for (std::size_t i = 0; i < row.size(); ++i) {
      line.push_back(cell_text(row[i]));
      widths[i] = std::max(widths[i], width_of(line.back()));
    }
  }
  const std::size_t line_width =
      std::accumulate(widths.begin(), widths.end(), kGap.size() * (widths.size() - 1));
  if (line_width_max && line_width > *line_width_max) return print_records(out, names, cells);
  const auto print_line = [&](auto&& cell) {
    std::string line;
    for (std::size_t i = 0; i < columns.size(); ++i)
      line.append(i == 0 ? "" : kGap).append(cell(i));
    line.erase(line.find_last_not_of(' ') + 1);
    fmt::print(out, "{}\n", line);
  };
  print_line([&](std::size_t i) { return padded(names[i], widths[i], columns[i].align); });
  print_line([&](std::size_t i) { return std::string(widths[i], '-'); });
  for (const auto& line : cells)
    print_line([&](std::size_t i) { return padded(line[i], widths[i], columns[i].align); });
}

}  // namespace calve::cli
