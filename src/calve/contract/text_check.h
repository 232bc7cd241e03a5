// One string of an event against the keywords of its leaf.

#pragma once

#include <span>
#include <string_view>

#include "calve/contract/known_matches.h"
#include "calve/contract/plan.h"
#include "calve/contract/refusal.h"

namespace calve::contract {

// minLength, maxLength, pattern, enum, const, and format "email"; the formats that become a column of
// their own are checked by being read. False, and `refusal` set, at the first that fails. `known` has one for
// each pattern of the plan.
bool check_text(std::string_view text, const TextChecks& checks, std::span<KnownMatches> known,
                Refusal& refusal);

}  // namespace calve::contract
