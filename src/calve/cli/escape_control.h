// Text from elsewhere, made harmless for a terminal.

#pragma once

#include <string>
#include <string_view>

namespace calve::cli {

// Writes what could steer a terminal or reorder its line as visible text: control bytes (C0, DEL) and
// bytes that are no UTF-8 as "\x1b", C1 controls and bidirectional marks as "\u202e". All other UTF-8
// stays.
std::string escape_control(std::string_view text);

// As above, but line ends stay: for messages of several lines.
std::string escape_control_in_lines(std::string_view text);

}  // namespace calve::cli
