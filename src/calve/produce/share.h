// A share of the events, such as 0.5%, as an exact number.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "calve/base/result.h"

namespace calve::produce {

struct Share {
  static constexpr std::uint32_t kWhole = 1'000'000;

  std::uint32_t per_million = 0;

  auto operator<=>(const Share&) const = default;
};

// Reads "1%", "0.5%", "100 %" with at most four decimals, so that it is exact. kUsage else.
Result<Share> parse_share(std::string_view text);

// "0.5%"
std::string to_string(Share share);

}  // namespace calve::produce
