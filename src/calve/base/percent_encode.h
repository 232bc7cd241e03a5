// Percent-encoding (RFC 3986), strict as AWS signs it: every byte but A-Z a-z 0-9 - . _ ~ becomes %XX.

#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace calve {

std::string percent_encode(std::string_view text);

// Leaves "/" as it is.
std::string percent_encode_path(std::string_view path);

// nullopt for a "%" without two hexadecimal digits. "+" stays "+".
std::optional<std::string> percent_decode(std::string_view text);

}  // namespace calve
