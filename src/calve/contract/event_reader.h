// Walks one event's JSON along the plan, checks each value and writes it to its column.

#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include <simdjson.h>

#include "calve/contract/known_matches.h"
#include "calve/contract/plan.h"
#include "calve/contract/refusal.h"
#include "calve/contract/row_writer.h"
#include "calve/contract/text_arena.h"

namespace calve::contract {

class EventReader {
 public:
  // All three outlive the reader.
  EventReader(const Plan& plan, RowWriter& row, TextArena& arena)
      : plan_(plan), row_(row), arena_(arena), known_matches_(plan.pattern_count) {}

  // False, with refusal() saying why, if the event breaks the contract; the row then holds parts of
  // it. A text that is no JSON is kNotJson whatever else is wrong with it.
  bool read(simdjson::padded_string_view text);

  const Refusal& refusal() const { return refusal_; }
  // Of the last event, when read() was true.
  std::uint64_t unknown_fields() const { return unknown_fields_; }
  std::optional<std::int64_t> event_time_micros() const { return event_time_micros_; }

 private:
  using Value = simdjson::ondemand::value;

  bool read_event(simdjson::padded_string_view text);
  bool read_object(simdjson::ondemand::object object, const ObjectNode& plan, std::int16_t repetition,
                   int depth);
  bool finish_object(const ObjectNode& plan, const std::uint64_t* seen, std::int16_t repetition);
  bool read_unknown(std::string_view key, Value& value, const ObjectNode& plan, int depth);
  bool read_value(Value& value, const Node& node, std::int16_t repetition, int depth);
  bool read_list(Value& value, const ListNode& list, const Node& node, std::int16_t repetition, int depth);
  bool read_boolean(std::string_view token, const BooleanLeaf& leaf, const Node& node,
                    std::int16_t repetition);
  bool read_number(std::string_view token, const NumberLeaf& leaf, const Node& node, std::int16_t repetition);
  bool read_text(std::string_view token, const TextLeaf& leaf, const Node& node, std::int16_t repetition);

  // Nothing, and the refusal set, for a malformed escape.
  std::optional<std::string_view> text_of(std::string_view token);
  bool wrong_type(std::string_view token, const Node& node);

  const Plan& plan_;
  RowWriter& row_;
  TextArena& arena_;
  std::vector<KnownMatches> known_matches_;  // by the patterns' numbers
  simdjson::ondemand::parser parser_;
  simdjson::ondemand::document document_;
  Refusal refusal_;
  bool has_escapes_ = false;  // a backslash is somewhere in this event
  std::uint64_t unknown_fields_ = 0;
  std::optional<std::int64_t> event_time_micros_;
};

}  // namespace calve::contract
