// Whether a text is JSON at all, whatever the contract says of it.
//
// simdjson's stage 1 checks UTF-8, control characters in strings and closed quotes; its On-Demand
// front end checks the punctuation that it walks over. What it leaves to its caller is here and in
// event_reader.cc: that every value is walked, each literal and number in full, escapes, the end.

#pragma once

#include <cassert>
#include <cstdint>
#include <string_view>

#include <simdjson.h>

#include "calve/contract/refusal.h"

namespace calve::contract {

// Objects and arrays inside each other; the event's own object is the first.
inline constexpr int kDepthMax = 64;

// Walks a value that the contract does not name. False, and `refusal` set to kNotJson or kTooDeep.
bool check_any_value(simdjson::ondemand::document& document, simdjson::ondemand::value& value, int depth,
                     Refusal& refusal);

// The same for a whole text, in its padded buffer.
bool check_any_document(simdjson::ondemand::parser& parser, simdjson::padded_string_view text,
                        Refusal& refusal);

// The token without the white space after it.
inline std::string_view trimmed(std::string_view token) {
  while (!token.empty() &&
         (token.back() == ' ' || token.back() == '\n' || token.back() == '\r' || token.back() == '\t')) {
    token.remove_suffix(1);
  }
  return token;
}

// kNotJson, in words for the sender.
bool refuse_syntax(simdjson::error_code error, Refusal& refusal);

// Moves behind a string. simdjson's iterators would do so by themselves, but take a string that a
// colon follows for a key, and so would accept {"a": "b": 1}}.
inline void pass_string(simdjson::ondemand::value& string) {
  simdjson::ondemand::raw_json_string passed;
  [[maybe_unused]] const auto error = string.get_raw_json_string().get(passed);
  assert(!error && "a string starts with a quote");
}

// After a value was walked to its end inside another one: more must come. Without this a text that
// ends too early would be read on into the next event's bytes.
bool check_more_follows(simdjson::ondemand::document& document, Refusal& refusal);

}  // namespace calve::contract
