// Bounds of string and binary columns, short enough for a manifest.
// Iceberg spec: "Manifests", lower_bounds and upper_bounds.

#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace calve::datafile {

// Iceberg's default metrics mode is truncate(16): code points of a string, bytes of a binary.
inline constexpr std::size_t kBoundLengthMax = 16;

// The longest prefix within the limit: never greater than the value.
std::string lower_bound_of_string(std::string_view utf8);
std::string lower_bound_of_binary(std::string_view bytes);

// The value itself if it is within the limit; else the least short string above every value that
// begins as this one does. Nothing if there is none (each code point the last one, each byte 0xFF),
// or if a string is no UTF-8.
std::optional<std::string> upper_bound_of_string(std::string_view utf8);
std::optional<std::string> upper_bound_of_binary(std::string_view bytes);

}  // namespace calve::datafile
