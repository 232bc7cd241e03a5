// One number of an event against its leaf of the plan.

#pragma once

#include <optional>
#include <string_view>

#include "calve/contract/plan.h"
#include "calve/contract/refusal.h"

namespace calve::contract {

// Where the digits come from decides which keywords apply: JSON Schema's numeric ones mean numbers,
// and leave strings alone.
enum class NumberSource { kNumber, kString };

// For int, long and decimal leaves: the value in units of the column. `text` is the whole token, or
// the string's content. Nothing, and `refusal` set, if a check fails.
std::optional<Int128> read_units(std::string_view text, NumberSource source, const NumberLeaf& leaf,
                                 Refusal& refusal);

// For double leaves, which take numbers alone: the nearest double.
std::optional<double> read_double(std::string_view text, const NumberLeaf& leaf, Refusal& refusal);

}  // namespace calve::contract
