// The text of a contract as a JSON tree, and typed access to it whose errors carry a JSON pointer.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "calve/base/result.h"
#include "calve/contract/decimal.h"

namespace calve::contract {

using Json = nlohmann::ordered_json;

// kConfig if the text is no JSON, or has one key twice in an object.
Result<Json> parse_schema_json(std::string_view text);

// "The contract cannot be loaded: `what` at `pointer`".
std::unexpected<Error> refuse(std::string_view pointer, std::string_view what);

Result<std::string> string_at(const Json& value, std::string_view pointer);
Result<bool> boolean_at(const Json& value, std::string_view pointer);
// A whole number from 0, as minLength and its kin ask for; 3.0 is one.
Result<std::uint64_t> count_at(const Json& value, std::string_view pointer);
// A number of at most 15 significant digits, or an integer of 64 bits: what the loader holds exactly.
Result<Decimal> number_at(const Json& value, std::string_view pointer);

}  // namespace calve::contract
