#include "calve/cli/escape_control.h"

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>

#include <fmt/format.h>

namespace calve::cli {
namespace {

struct CodePoint {
  std::uint32_t value;
  std::size_t bytes;
};

// The code point that `text` begins with; none if that is not well-formed UTF-8 (Unicode, table 3-7).
std::optional<CodePoint> first_code_point(std::string_view text) {
  const auto byte = [&](std::size_t i) {
    return static_cast<std::uint32_t>(static_cast<unsigned char>(text[i]));
  };
  const std::uint32_t lead = byte(0);
  if (lead < 0x80) return CodePoint{lead, 1};
  const std::size_t bytes = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < bytes) return std::nullopt;
  std::uint32_t value = lead & (0x7fU >> bytes);
  for (std::size_t i = 1; i < bytes; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return std::nullopt;
    value = value << 6 | (byte(i) & 0x3f);
  }
  constexpr std::uint32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool is_surrogate = value >= 0xd800 && value <= 0xdfff;
  if (value < kLeast[bytes] || value > 0x10ffff || is_surrogate) return std::nullopt;
  return CodePoint{value, bytes};
}

bool is_bidirectional_mark(std::uint32_t value) {
  return value == 0x061c || value == 0x200e || value == 0x200f || (value >= 0x202a && value <= 0x202e) ||
         (value >= 0x2066 && value <= 0x2069);
}

std::string escape(std::string_view text, std::string_view kept) {
  std::string escaped;
  escaped.reserve(text.size());
  while (!text.empty()) {
    const auto point = first_code_point(text);
    const std::size_t bytes = point ? point->bytes : 1;
    const std::string_view here = text.substr(0, bytes);
    if (!point || ((point->value < 0x20 || point->value == 0x7f) && !kept.contains(here))) {
      fmt::format_to(std::back_inserter(escaped), "\\x{:02x}", static_cast<unsigned char>(text[0]));
    } else if ((point->value >= 0x80 && point->value < 0xa0) || is_bidirectional_mark(point->value)) {
      fmt::format_to(std::back_inserter(escaped), "\\u{:04x}", point->value);
    } else {
      escaped += here;
    }
    text.remove_prefix(bytes);
  }
  return escaped;
}

}  // namespace

std::string escape_control(std::string_view text) {
  return escape(text, "");
}

std::string escape_control_in_lines(std::string_view text) {
  return escape(text, "\n");
}

}  // namespace calve::cli
