// An order as the bytes of an event.

#pragma once

#include <cstddef>

#include "calve/produce/order.h"

namespace calve::produce {

// No order is longer, so that a caller can set its room aside once.
inline constexpr std::size_t kOrderJsonBytesMax = 2'048;

// Writes the order at `out`, which has room for kOrderJsonBytesMax, and gives the end. One JSON object
// with the contract's fields in the contract's order; no white space, no newline.
char* write_json(const Order& order, char* out);

// Writes "12.30", and room for 24 bytes is enough.
char* write_cents(std::int64_t cents, char* out);

}  // namespace calve::produce
