#include "calve/contract/json_string.h"

#include <cstdint>
#include <cstring>

namespace calve::contract {
namespace {

constexpr std::uint32_t kHighSurrogate = 0xD800;
constexpr std::uint32_t kLowSurrogate = 0xDC00;
constexpr std::uint32_t kSurrogateEnd = 0xE000;

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// The four digits after "\u" at the head of `raw`.
std::optional<std::uint32_t> code_unit(std::string_view raw) {
  if (raw.size() < 6 || raw[0] != '\\' || raw[1] != 'u') return std::nullopt;
  std::uint32_t unit = 0;
  for (int i = 2; i < 6; ++i) {
    const int digit = hex_value(raw[i]);
    if (digit < 0) return std::nullopt;
    unit = unit << 4 | static_cast<std::uint32_t>(digit);
  }
  return unit;
}

struct CodePoint {
  std::uint32_t value;
  std::size_t raw_bytes;
};

std::optional<CodePoint> code_point(std::string_view raw) {
  const auto first = code_unit(raw);
  if (!first || (*first >= kLowSurrogate && *first < kSurrogateEnd)) return std::nullopt;
  if (*first < kHighSurrogate || *first >= kSurrogateEnd) return CodePoint{*first, 6};
  const auto second = code_unit(raw.substr(6));
  if (!second || *second < kLowSurrogate || *second >= kSurrogateEnd) return std::nullopt;
  return CodePoint{0x10000 + ((*first - kHighSurrogate) << 10) + (*second - kLowSurrogate), 12};
}

char* put_utf8(std::uint32_t c, char* out) {
  if (c < 0x80) {
    *out++ = static_cast<char>(c);
  } else if (c < 0x800) {
    *out++ = static_cast<char>(0xC0 | c >> 6);
    *out++ = static_cast<char>(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    *out++ = static_cast<char>(0xE0 | c >> 12);
    *out++ = static_cast<char>(0x80 | (c >> 6 & 0x3F));
    *out++ = static_cast<char>(0x80 | (c & 0x3F));
  } else {
    *out++ = static_cast<char>(0xF0 | c >> 18);
    *out++ = static_cast<char>(0x80 | (c >> 12 & 0x3F));
    *out++ = static_cast<char>(0x80 | (c >> 6 & 0x3F));
    *out++ = static_cast<char>(0x80 | (c & 0x3F));
  }
  return out;
}

// What a one-letter escape stands for; nothing for any other letter.
std::optional<char> simple_escape(char letter) {
  switch (letter) {
    case '"':
    case '\\':
    case '/':
      return letter;
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    default:
      return std::nullopt;
  }
}

// Hands `sink` the pieces of the text in order; false at the first malformed escape.
template <class Sink>
bool for_each_piece(std::string_view raw, Sink& sink) {
  while (!raw.empty()) {
    const std::size_t plain = std::min(raw.find('\\'), raw.size());
    sink.plain(raw.substr(0, plain));
    raw.remove_prefix(plain);
    if (raw.empty()) return true;
    if (raw.size() < 2) return false;
    if (raw[1] == 'u') {
      const auto point = code_point(raw);
      if (!point) return false;
      sink.point(point->value);
      raw.remove_prefix(point->raw_bytes);
    } else {
      const auto letter = simple_escape(raw[1]);
      if (!letter) return false;
      sink.point(static_cast<unsigned char>(*letter));
      raw.remove_prefix(2);
    }
  }
  return true;
}

struct Writer {
  char* out;

  void plain(std::string_view text) {
    std::memmove(out, text.data(), text.size());
    out += text.size();
  }
  void point(std::uint32_t c) { out = put_utf8(c, out); }
};

struct Nowhere {
  void plain(std::string_view) {}
  void point(std::uint32_t) {}
};

}  // namespace

std::optional<std::size_t> unescape(std::string_view raw, char* out) {
  Writer writer{out};
  if (!for_each_piece(raw, writer)) return std::nullopt;
  return static_cast<std::size_t>(writer.out - out);
}

bool is_well_escaped(std::string_view raw) {
  Nowhere nowhere;
  return for_each_piece(raw, nowhere);
}

std::size_t count_code_points(std::string_view text) {
  std::size_t count = 0;
  for (const char c : text)
    count += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  return count;
}

}  // namespace calve::contract
