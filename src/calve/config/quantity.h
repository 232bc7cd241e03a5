// Numbers with units, as people write them in settings.
//
//   duration  ::= count ("ms" | "s" | "m" | "h" | "d")
//   bytes     ::= count ("B" | "KiB" | "MiB" | "GiB")
//   share     ::= see produce/share.h
//   count     ::= digit+                      at most 2^63-1
//   time      ::= RFC 3339 in UTC: 2026-11-24T13:00:00Z, with a fraction of at most six digits
//
// No spaces, no signs, no missing units. Each gives a sentence that says what to write instead; the
// caller adds which setting it is about.

#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "calve/base/time.h"

namespace calve::config {

template <class T>
using Parsed = std::expected<T, std::string>;

Parsed<std::int64_t> parse_count(std::string_view text);
Parsed<Milliseconds> parse_duration(std::string_view text);
Parsed<std::int64_t> parse_bytes(std::string_view text);
Parsed<Timestamp> parse_time(std::string_view text);

}  // namespace calve::config
