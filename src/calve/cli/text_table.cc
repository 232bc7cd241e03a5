#include "calve/cli/text_table.h"

#include <algorithm>
#include <cstdint>

#include <fmt/format.h>
#include <fmt/ostream.h>

namespace calve::cli {
namespace {

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

}  // namespace

std::string escape_control(std::string_view text) {
  std::string escaped;
  escaped.reserve(text.size());
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f) {
      escaped += fmt::format("\\x{:02x}", byte);
    } else {
      escaped += c;
    }
  }
  return escaped;
}

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
                 const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::vector<std::string>> cells;
  std::vector<std::size_t> widths;
  for (const TextColumn& column : columns)
    widths.push_back(width_of(column.name));
  for (const auto& row : rows) {
    auto& line = cells.emplace_back();
    for (std::size_t i = 0; i < row.size(); ++i) {
      line.push_back(shortened(escape_control(row[i])));
      widths[i] = std::max(widths[i], width_of(line.back()));
    }
  }
  const auto print_line = [&](auto&& cell) {
    std::string line;
    for (std::size_t i = 0; i < columns.size(); ++i)
      line += (i == 0 ? "" : "  ") + cell(i);
    line.erase(line.find_last_not_of(' ') + 1);
    fmt::print(out, "{}\n", line);
  };
  print_line([&](std::size_t i) { return padded(columns[i].name, widths[i], columns[i].align); });
  print_line([&](std::size_t i) { return std::string(widths[i], '-'); });
  for (const auto& line : cells) {
    print_line([&](std::size_t i) { return padded(line[i], widths[i], columns[i].align); });
  }
}

}  // namespace calve::cli
