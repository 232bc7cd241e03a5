// SHA-256 (FIPS 180-4) and HMAC over it (RFC 2104).

#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace calve {

using Sha256Digest = std::array<std::uint8_t, 32>;

Sha256Digest sha256(std::string_view bytes);
Sha256Digest hmac_sha256(std::span<const std::uint8_t> key, std::string_view bytes);

// Lower-case hexadecimal, two digits a byte.
std::string hex(std::span<const std::uint8_t> bytes);

}  // namespace calve
