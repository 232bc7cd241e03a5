// RFC 3339 dates and times into Iceberg's.
//
//   date-time = date ("T" / "t") HH ":" MM ":" SS ["." 1*DIGIT] offset
//   offset    = "Z" / "z" / ("+" / "-") HH ":" MM            HH 00-23, MM 00-59
//   date      = YYYY "-" MM "-" DD                           years 0000-9999, days of that month
//
// Decided here, where RFC 3339 leaves room or a column of microseconds cannot follow:
// - Digits of the fraction beyond the sixth are cut off (towards the past), never rounded: an event
//   does not move into the next second, and the sixth digit stays what was sent.
// - Second 60 is refused, also at the end of a month: a leap second has no place of its own in UTC
//   microseconds, and taking it for another second would be a silent change.
// - A space in place of the "T" is refused, as by JSON Schema's own grammar.

#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace calve::contract {

// Microseconds from 1970-01-01T00:00:00Z.
std::optional<std::int64_t> parse_date_time(std::string_view text);

// Days from 1970-01-01.
std::optional<std::int32_t> parse_date(std::string_view text);

}  // namespace calve::contract
