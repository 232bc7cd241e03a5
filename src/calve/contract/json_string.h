// The inside of a JSON string, between its quotes. RFC 8259, section 7.
//
//   escape = "\" ( %x22 / "\" / "/" / "b" / "f" / "n" / "r" / "t" / "u" 4HEXDIG )
//
// Control characters and invalid UTF-8 were refused before (simdjson's stage 1). A surrogate must
// come as a pair of escapes; alone it names no character and is refused. \u0000 is a character like
// any other: it is kept.

#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace calve::contract {

// Writes the text that `raw` stands for to `out`, which has room for raw.size() bytes (an escape is
// never shorter than what it stands for). Its length, or nothing if an escape is malformed.
std::optional<std::size_t> unescape(std::string_view raw, char* out);

// Whether unescape() would succeed.
bool is_well_escaped(std::string_view raw);

// The number of Unicode code points of valid UTF-8.
std::size_t count_code_points(std::string_view text);

}  // namespace calve::contract
