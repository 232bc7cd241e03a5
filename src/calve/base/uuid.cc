#include "calve/base/uuid.h"

#include "calve/base/random.h"

namespace calve {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

constexpr bool hyphen_before_byte(std::size_t index) {
  return index == 4 || index == 6 || index == 8 || index == 10;
}

}  // namespace

std::optional<Uuid> parse_uuid(std::string_view text) {
  if (text.size() != 36) return std::nullopt;
  Uuid uuid;
  std::size_t at = 0;
  for (std::size_t i = 0; i < uuid.bytes.size(); ++i) {
    if (hyphen_before_byte(i) && text[at++] != '-') return std::nullopt;
    const int high = hex_value(text[at++]);
    const int low = hex_value(text[at++]);
    if ((high | low) < 0) return std::nullopt;
    uuid.bytes[i] = static_cast<std::uint8_t>(high << 4 | low);
  }
  return uuid;
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
