// UUIDs as RFC 9562 writes them.

#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "calve/base/time.h"

namespace calve {

struct Uuid {
  std::array<std::uint8_t, 16> bytes{};  // in the order of the text, most significant first

  auto operator<=>(const Uuid&) const = default;
};

// Accepts 8-4-4-4-12 hexadecimal digits of either case and nothing else.
std::optional<Uuid> parse_uuid(std::string_view text);

// Lower case, with hyphens.
std::string to_string(const Uuid& uuid);

// Version 4, from the operating system's random source. Safe from any thread.
Uuid random_uuid();

// Version 7: the milliseconds of `now`, then random bits, so that later ones sort behind. Safe from any
// thread.
Uuid time_ordered_uuid(Timestamp now);

}  // namespace calve
