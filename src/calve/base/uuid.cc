#include "calve/base/uuid.h"

#include <array>
#include <cstdint>

#include "calve/base/random.h"

namespace calve {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";

// By table: digits and letters follow one another at random, and a branch on them would be guessed wrong.
constexpr std::int8_t kNoDigit = -1;
constexpr auto kHexValues = [] {
  std::array<std::int8_t, 256> values{};
  values.fill(kNoDigit);
  for (std::int8_t i = 0; i < 16; ++i) {
    const char digit = kHexDigits[static_cast<std::size_t>(i)];
    values[static_cast<unsigned char>(digit)] = i;
    if (digit >= 'a') values[static_cast<unsigned char>(digit - 'a' + 'A')] = i;
  }
  return values;
}();

int hex_value(char c) {
  return kHexValues[static_cast<unsigned char>(c)];
}

constexpr bool hyphen_before_byte(std::size_t index) {
  return index == 4 || index == 6 || index == 8 || index == 10;
}

}  // namespace

std::optional<Uuid> parse_uuid(std::string_view text) {
  if (text.size() != 36) return std::nullopt;
  Uuid uuid;
  std::size_t at = 0;
  int all = 0;  // negative once one of them is no digit
  for (std::size_t i = 0; i < uuid.bytes.size(); ++i) {
    if (hyphen_before_byte(i) && text[at++] != '-') return std::nullopt;
    const int high = hex_value(text[at++]);
    const int low = hex_value(text[at++]);
    all |= high | low;
    uuid.bytes[i] = static_cast<std::uint8_t>(high << 4 | low);
  }
  return all < 0 ? std::nullopt : std::optional(uuid);
}

std::string to_string(const Uuid& uuid) {
  std::string text;
  text.reserve(36);
  for (std::size_t i = 0; i < uuid.bytes.size(); ++i) {
    if (hyphen_before_byte(i)) text += '-';
    text += kHexDigits[uuid.bytes[i] >> 4];
    text += kHexDigits[uuid.bytes[i] & 15];
  }
  return text;
}

Uuid random_uuid() {
  Uuid uuid;
  fill_random(uuid.bytes);
  uuid.bytes[6] = (uuid.bytes[6] & 0x0f) | 0x40;  // version 4
  uuid.bytes[8] = (uuid.bytes[8] & 0x3f) | 0x80;  // RFC 9562 variant
  return uuid;
}

Uuid time_ordered_uuid(Timestamp now) {
  Uuid uuid = random_uuid();
  auto milliseconds = static_cast<std::uint64_t>(to_millis(now));
  for (int i = 5; i >= 0; --i) {
    uuid.bytes[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(milliseconds);
    milliseconds >>= 8;
  }
  uuid.bytes[6] = (uuid.bytes[6] & 0x0f) | 0x70;  // version 7
  return uuid;
}

}  // namespace calve
