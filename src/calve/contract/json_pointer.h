// JSON pointers. RFC 6901.

#pragma once

#include <string>
#include <string_view>

namespace calve::contract {

// "/" and the token with "~" and "/" escaped.
std::string pointer_step(std::string_view token);

// The inverse of the escapes: "~1" is "/", "~0" is "~".
std::string unescape_pointer_token(std::string_view token);

}  // namespace calve::contract
