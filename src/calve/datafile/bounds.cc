#include "calve/datafile/bounds.h"

#include <cstdint>

namespace calve::datafile {
namespace {

constexpr std::uint32_t kLastCodePoint = 0x10FFFF;
constexpr std::uint32_t kSurrogatesBegin = 0xD800;
constexpr std::uint32_t kSurrogatesEnd = 0xE000;

bool is_continuation(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0) == 0x80;
}

// Bytes of the first `kBoundLengthMax` code points.
std::size_t prefix_bytes(std::string_view utf8) {
  std::size_t code_points = 0;
  for (std::size_t i = 0; i < utf8.size(); ++i) {
    if (!is_continuation(utf8[i]) && code_points++ == kBoundLengthMax) return i;
  }
  return utf8.size();
}

std::optional<std::uint32_t> decode(std::string_view sequence) {
  const auto byte = [&](std::size_t i) {
    return static_cast<std::uint32_t>(static_cast<unsigned char>(sequence[i]));
  };
  switch (sequence.size()) {
    case 1:
      if (byte(0) < 0x80) return byte(0);
      return std::nullopt;
    case 2:
      return (byte(0) & 0x1F) << 6 | (byte(1) & 0x3F);
    case 3:
      return (byte(0) & 0x0F) << 12 | (byte(1) & 0x3F) << 6 | (byte(2) & 0x3F);
    case 4:
      return (byte(0) & 0x07) << 18 | (byte(1) & 0x3F) << 12 | (byte(2) & 0x3F) << 6 | (byte(3) & 0x3F);
    default:
      return std::nullopt;
  }
}

void append_code_point(std::string& to, std::uint32_t c) {
  const auto push = [&](std::uint32_t byte) { to.push_back(static_cast<char>(byte)); };
  if (c < 0x80) {
    push(c);
  } else if (c < 0x800) {
    push(0xC0 | c >> 6);
    push(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    push(0xE0 | c >> 12);
    push(0x80 | (c >> 6 & 0x3F));
    push(0x80 | (c & 0x3F));
  } else {
    push(0xF0 | c >> 18);
    push(0x80 | (c >> 12 & 0x3F));
    push(0x80 | (c >> 6 & 0x3F));
    push(0x80 | (c & 0x3F));
  }
}

}  // namespace

std::string lower_bound_of_string(std::string_view utf8) {
  return std::string(utf8.substr(0, prefix_bytes(utf8)));
}

std::string lower_bound_of_binary(std::string_view bytes) {
  return std::string(bytes.substr(0, kBoundLengthMax));
}

std::optional<std::string> upper_bound_of_string(std::string_view utf8) {
  const std::size_t kept = prefix_bytes(utf8);
  if (kept == utf8.size()) return std::string(utf8);
  std::string prefix(utf8.substr(0, kept));
  while (!prefix.empty()) {
    std::size_t begin = prefix.size() - 1;
    while (begin > 0 && is_continuation(prefix[begin]))
      --begin;
    const auto last = decode(std::string_view(prefix).substr(begin));
    if (!last) return std::nullopt;
    prefix.resize(begin);
    if (*last < kLastCodePoint) {
      append_code_point(prefix, *last + 1 == kSurrogatesBegin ? kSurrogatesEnd : *last + 1);
      return prefix;
    }
  }
  return std::nullopt;
}

std::optional<std::string> upper_bound_of_binary(std::string_view bytes) {
  if (bytes.size() <= kBoundLengthMax) return std::string(bytes);
  std::string prefix(bytes.substr(0, kBoundLengthMax));
  while (!prefix.empty()) {
    const auto last = static_cast<unsigned char>(prefix.back());
    prefix.pop_back();
    if (last < 0xFF) {
      prefix.push_back(static_cast<char>(last + 1));
      return prefix;
    }
  }
  return std::nullopt;
}

}  // namespace calve::datafile
