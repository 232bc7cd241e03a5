#include "calve/contract/event_reader.h"

#include <array>
#include <cstring>

#include <fmt/format.h>

#include "calve/base/uuid.h"
#include "calve/contract/date_time.h"
#include "calve/contract/json_check.h"
#include "calve/contract/json_string.h"
#include "calve/contract/number_reader.h"
#include "calve/contract/text_check.h"

namespace calve::contract {
namespace {

constexpr std::size_t kBitsPerWord = 64;
constexpr std::size_t kSeenWords = ObjectNode::kFieldsMax / kBitsPerWord;

// The field of that name: nearly always the one after the last.
const Field* find_field(const ObjectNode& plan, std::string_view key, std::size_t expected) {
  if (expected < plan.fields.size() && plan.fields[expected].name.equals(key)) return &plan.fields[expected];
  const auto found = plan.by_name.find(key);
  return found == plan.by_name.end() ? nullptr : &plan.fields[found->second];
}

bool is_string(std::string_view token) {
  return token.size() >= 2 && token.front() == '"' && token.back() == '"';
}

}  // namespace

bool EventReader::read(simdjson::padded_string_view text) {
  unknown_fields_ = 0;
  event_time_micros_.reset();
  if (read_event(text)) return true;
  // The walk ended at the first failed check. What comes after it must be JSON too for that check to
  // be the reason.
  if (refusal_.reason != Reason::kNotJson && refusal_.reason != Reason::kTooDeep) {
    Refusal syntax;
    if (!check_any_document(parser_, text, syntax)) refusal_ = std::move(syntax);
  }
  // In a text that is no JSON nothing has a place.
  if (refusal_.reason == Reason::kNotJson) refusal_.pointer.clear();
  return false;
}

bool EventReader::read_event(simdjson::padded_string_view text) {
  has_escapes_ = std::memchr(text.data(), '\\', text.size()) != nullptr;
  if (const auto error = parser_.iterate(text).get(document_)) return refuse_syntax(error, refusal_);
  std::string_view token;
  if (const auto error = document_.raw_json_token().get(token)) return refuse_syntax(error, refusal_);
  if (token.front() != '{') return wrong_type(trimmed(token), plan_.root);
  simdjson::ondemand::object event;
  if (const auto error = document_.get_object().get(event)) return refuse_syntax(error, refusal_);
  if (!read_object(event, *std::get<std::unique_ptr<ObjectNode>>(plan_.root.shape), 0, 1)) return false;
  if (!document_.at_end())
    return refusal_.set(Reason::kNotJson, "more follows after the end of the JSON text");
  return true;
}

bool EventReader::read_object(simdjson::ondemand::object object, const ObjectNode& plan,
                              std::int16_t repetition, int depth) {
  std::array<std::uint64_t, kSeenWords> seen{};
  std::size_t expected = 0;
  std::size_t count = 0;
  for (auto each : object) {
    if (const auto error = each.error()) return refuse_syntax(error, refusal_);
    simdjson::ondemand::field& member = each.value_unsafe();  // in place: a copy costs more than its key
    std::string_view key = member.escaped_key();
    if (has_escapes_ && key.find('\\') != std::string_view::npos) {
      char* const room = arena_.room(key.size());
      const auto length = unescape(key, room);
      if (!length) {
        return refusal_.set(Reason::kNotJson, "a field's name has an invalid escape or a lone surrogate");
      }
      arena_.keep(*length);
      key = std::string_view(room, *length);
    }
    const Field* field = find_field(plan, key, expected);
    if (field == nullptr) {
      if (!read_unknown(key, member.value(), plan, depth)) return false;
      continue;
    }
    const auto index = static_cast<std::size_t>(field - plan.fields.data());
    std::uint64_t& word = seen[index / kBitsPerWord];
    const std::uint64_t bit = std::uint64_t{1} << (index % kBitsPerWord);
    if ((word & bit) != 0) {
      refusal_.set(Reason::kDuplicateKey, "the field is there twice");
      refusal_.put_step_in_front(key);
      return false;
    }
    word |= bit;
    ++count;
    expected = index + 1;
    if (!read_value(member.value(), field->node, repetition, depth)) {
      refusal_.put_step_in_front(field->name.text());
      return false;
    }
  }
  return count == plan.fields.size() || finish_object(plan, seen.data(), repetition);
}

// The fields that did not come: null in the table, or the end of the event.
bool EventReader::finish_object(const ObjectNode& plan, const std::uint64_t* seen, std::int16_t repetition) {
  for (std::size_t i = 0; i < plan.fields.size(); ++i) {
    if ((seen[i / kBitsPerWord] >> (i % kBitsPerWord) & 1) != 0) continue;
    const Field& field = plan.fields[i];
    if (field.required) {
      refusal_.set(Reason::kMissingField, "the field is required");
      refusal_.put_step_in_front(field.name.text());
      return false;
    }
    row_.put_missing(field.node.first_leaf, field.node.leaf_end,
                     static_cast<std::int16_t>(field.node.definition - 1), repetition);
  }
  return true;
}

bool EventReader::read_unknown(std::string_view key, Value& value, const ObjectNode& plan, int depth) {
  ++unknown_fields_;
  if (!plan.unknown_allowed) {
    refusal_.set(Reason::kUnknownField, "the contract does not name the field, and takes no others");
    refusal_.put_step_in_front(key);
    return false;
  }
  return check_any_value(document_, value, depth, refusal_);
}

bool EventReader::read_value(Value& value, const Node& node, std::int16_t repetition, int depth) {
  const std::string_view token = trimmed(value.raw_json_token());
  if (token.starts_with('"')) pass_string(value);
  if (token == "null") {
    if (!node.null_allowed) return wrong_type(token, node);
    row_.put_missing(node.first_leaf, node.leaf_end, static_cast<std::int16_t>(node.definition - 1),
                     repetition);
    return true;
  }
  if (const auto* text = std::get_if<TextLeaf>(&node.shape)) return read_text(token, *text, node, repetition);
  if (const auto* number = std::get_if<NumberLeaf>(&node.shape)) {
    return read_number(token, *number, node, repetition);
  }
  if (const auto* boolean = std::get_if<BooleanLeaf>(&node.shape)) {
    return read_boolean(token, *boolean, node, repetition);
  }
  if (depth >= kDepthMax)
    return refusal_.set(Reason::kTooDeep, fmt::format("nested deeper than {}", kDepthMax));
  if (const auto* list = std::get_if<std::unique_ptr<ListNode>>(&node.shape)) {
    if (token.front() != '[') return wrong_type(token, node);
    return read_list(value, **list, node, repetition, depth + 1) && check_more_follows(document_, refusal_);
  }
  if (token.front() != '{') return wrong_type(token, node);
  simdjson::ondemand::object object;
  if (const auto error = value.get_object().get(object)) return refuse_syntax(error, refusal_);
  return read_object(object, *std::get<std::unique_ptr<ObjectNode>>(node.shape), repetition, depth + 1) &&
         check_more_follows(document_, refusal_);
}

bool EventReader::read_list(Value& value, const ListNode& list, const Node& node, std::int16_t repetition,
                            int depth) {
  simdjson::ondemand::array array;
  if (const auto error = value.get_array().get(array)) return refuse_syntax(error, refusal_);
  std::size_t count = 0;
  for (auto each : array) {
    if (const auto error = each.error()) return refuse_syntax(error, refusal_);
    if (count == list.max_items) {
      return refusal_.set(Reason::kTooManyItems,
                          fmt::format("the array has more than {} elements", list.max_items));
    }
    if (!read_value(each.value_unsafe(), list.element, count == 0 ? repetition : list.element.repetition,
                    depth)) {
      refusal_.put_step_in_front(count);
      return false;
    }
    ++count;
  }
  if (count < list.min_items) {
    return refusal_.set(Reason::kTooFewItems,
                        fmt::format("{} elements are fewer than minItems {}", count, list.min_items));
  }
  if (count == 0) row_.put_missing(node.first_leaf, node.leaf_end, node.definition, repetition);
  return true;
}

bool EventReader::read_boolean(std::string_view token, const BooleanLeaf& leaf, const Node& node,
                               std::int16_t repetition) {
  const bool is_true = token == "true";
  if (!is_true && token != "false") return wrong_type(token, node);
  if (!(is_true ? leaf.true_allowed : leaf.false_allowed)) {
    return refusal_.set(Reason::kNotInEnum, fmt::format("{} is not an allowed value", token));
  }
  row_.put<std::uint8_t>(node.first_leaf, repetition, is_true ? 1 : 0);
  return true;
}

bool EventReader::read_number(std::string_view token, const NumberLeaf& leaf, const Node& node,
                              std::int16_t repetition) {
  const bool quoted = token.front() == '"';
  const bool looks_numeric = token.front() == '-' || (token.front() >= '0' && token.front() <= '9');
  if (quoted ? !leaf.from_string : !looks_numeric || !leaf.from_number) return wrong_type(token, node);
  std::string_view text = token;
  if (quoted) {
    const auto unquoted = text_of(token);
    if (!unquoted || !check_text(*unquoted, leaf.text, known_matches_, refusal_)) return false;
    text = *unquoted;
  }
  const auto source = quoted ? NumberSource::kString : NumberSource::kNumber;
  const auto* kind = std::get_if<iceberg::PrimitiveKind>(&leaf.type);
  if (kind != nullptr && *kind == iceberg::PrimitiveKind::kDouble) {
    const auto number = read_double(text, leaf, refusal_);
    if (!number) return false;
    row_.put<double>(node.first_leaf, repetition, *number);
    return true;
  }
  const auto units = read_units(text, source, leaf, refusal_);
  if (!units) return false;
  if (kind != nullptr && *kind == iceberg::PrimitiveKind::kInt) {
    row_.put<std::int32_t>(node.first_leaf, repetition, static_cast<std::int32_t>(*units));
  } else if (kind != nullptr || std::get<iceberg::DecimalType>(leaf.type).precision <= 18) {
    row_.put<std::int64_t>(node.first_leaf, repetition, static_cast<std::int64_t>(*units));
  } else {
    row_.put<Int128>(node.first_leaf, repetition, *units);
  }
  return true;
}

bool EventReader::read_text(std::string_view token, const TextLeaf& leaf, const Node& node,
                            std::int16_t repetition) {
  if (token.front() != '"') return wrong_type(token, node);
  const auto text = text_of(token);
  if (!text || !check_text(*text, leaf.checks, known_matches_, refusal_)) return false;
  switch (leaf.checks.format) {
    case Format::kNone:
    case Format::kEmail:
      row_.put(node.first_leaf, repetition, *text);
      return true;
    case Format::kUuid: {
      const auto uuid = parse_uuid(*text);
      if (!uuid) return refusal_.set(Reason::kBadFormat, "the string is not a UUID");
      if (leaf.kind == iceberg::PrimitiveKind::kUuid) {
        row_.put(node.first_leaf, repetition, *uuid);
      } else {
        row_.put(node.first_leaf, repetition, *text);
      }
      return true;
    }
    case Format::kDate: {
      const auto days = parse_date(*text);
      if (!days) return refusal_.set(Reason::kBadFormat, "the string is not an RFC 3339 full-date");
      if (leaf.kind == iceberg::PrimitiveKind::kDate) {
        row_.put(node.first_leaf, repetition, *days);
      } else {
        row_.put(node.first_leaf, repetition, *text);
      }
      return true;
    }
    case Format::kDateTime: {
      const auto micros = parse_date_time(*text);
      if (!micros) return refusal_.set(Reason::kBadFormat, "the string is not an RFC 3339 date-time");
      if (leaf.is_event_time) event_time_micros_ = micros;
      if (leaf.kind == iceberg::PrimitiveKind::kTimestamptz) {
        row_.put(node.first_leaf, repetition, *micros);
      } else {
        row_.put(node.first_leaf, repetition, *text);
      }
      return true;
    }
  }
  std::unreachable();
}

std::optional<std::string_view> EventReader::text_of(std::string_view token) {
  if (!is_string(token)) {
    refusal_.set(Reason::kNotJson, "a string is not closed");
    return std::nullopt;
  }
  const std::string_view raw = token.substr(1, token.size() - 2);
  if (!has_escapes_ || raw.find('\\') == std::string_view::npos) return raw;
  char* const room = arena_.room(raw.size());
  const auto length = unescape(raw, room);
  if (!length) {
    refusal_.set(Reason::kNotJson, "a string has an invalid escape or a lone surrogate");
    return std::nullopt;
  }
  arena_.keep(*length);
  return std::string_view(room, *length);
}

bool EventReader::wrong_type(std::string_view token, const Node& node) {
  return refusal_.set(Reason::kWrongType, fmt::format("{} is expected, and {} is there", node.type_words,
                                                      excerpt(token.empty() ? "nothing" : token)));
}

}  // namespace calve::contract
