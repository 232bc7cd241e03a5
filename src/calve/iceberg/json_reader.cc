#include "calve/iceberg/json_reader.h"

#include <algorithm>

#include <fmt/format.h>

namespace calve::iceberg {

Result<JsonNode> JsonNode::member(std::string_view name) const {
  simdjson::dom::element value;
  if (CALVE_TRY(object()).at_key(name).get(value) != simdjson::SUCCESS) {
    return fail(ErrorKind::kInvalidData,
                fmt::format("A required JSON member is missing: {}/{}", pointer(), name));
  }
  return JsonNode(value, *this, name);
}

Result<std::optional<JsonNode>> JsonNode::find(std::string_view name) const {
  simdjson::dom::element value;
  if (CALVE_TRY(object()).at_key(name).get(value) != simdjson::SUCCESS || value.is_null())
    return std::nullopt;
  return JsonNode(value, *this, name);
}

Result<std::map<std::string, std::string>> JsonNode::string_map() const {
  return map([](const JsonNode& value) { return value.as<std::string>(); });
}

UnknownMembers JsonNode::members_except(std::initializer_list<std::string_view> known) const {
  UnknownMembers unknown;
  simdjson::dom::object members;
  if (element_.get(members) != simdjson::SUCCESS) return unknown;
  for (const auto& [name, element] : members) {
    if (std::ranges::find(known, name) == known.end()) {
      unknown.emplace(name, JsonNode(element).text());
    }
  }
  return unknown;
}

std::string JsonNode::text() const {
  return simdjson::minify(element_);
}

std::string JsonNode::pointer() const {
  if (parent_ == nullptr) return "";
  std::string text = parent_->pointer();
  text += '/';
  if (index_) return text + std::to_string(*index_);
  for (const char c : name_) {
    if (c == '~') {
      text += "~0";
    } else if (c == '/') {
      text += "~1";
    } else {
      text += c;
    }
  }
  return text;
}

std::unexpected<Error> JsonNode::wrong(std::string_view what) const {
  const std::string where = pointer();
  return fail(ErrorKind::kInvalidData,
              fmt::format("{}, at {}", what, where.empty() ? "the document itself" : where));
}

Result<simdjson::dom::object> JsonNode::object() const {
  simdjson::dom::object value;
  if (element_.get(value) != simdjson::SUCCESS) return wrong("Expected a JSON object");
  return value;
}

Result<simdjson::dom::array> JsonNode::array() const {
  simdjson::dom::array value;
  if (element_.get(value) != simdjson::SUCCESS) return wrong("Expected a JSON array");
  return value;
}

Result<std::string_view> JsonNode::string() const {
  std::string_view value;
  if (element_.get(value) != simdjson::SUCCESS) return wrong("Expected a JSON string");
  return value;
}

Result<bool> JsonNode::boolean() const {
  bool value = false;
  if (element_.get(value) != simdjson::SUCCESS) return wrong("Expected true or false");
  return value;
}

Result<std::int64_t> JsonNode::integer(std::int64_t min, std::int64_t max) const {
  std::int64_t value = 0;
  if (!element_.is_int64() || element_.get(value) != simdjson::SUCCESS || value < min || value > max) {
    return wrong(fmt::format("Expected an integer from {} to {}", min, max));
  }
  return value;
}

Result<Uuid> JsonNode::uuid() const {
  const auto value = parse_uuid(CALVE_TRY(string()));
  if (!value) return wrong("Expected a UUID");
  return *value;
}

Result<Timestamp> JsonNode::milliseconds() const {
  constexpr std::int64_t kLimit = std::numeric_limits<std::int64_t>::max() / 2000;  // room for sums
  return Timestamp(Milliseconds(CALVE_TRY(integer(-kLimit, kLimit))));
}

Result<JsonDocument> JsonDocument::parse(std::string_view text) {
  JsonDocument document;
  const auto error = document.parser_.parse(text.data(), text.size()).error();
  if (error != simdjson::SUCCESS) {
    return fail(ErrorKind::kInvalidData,
                fmt::format("Not a JSON document: {}", simdjson::error_message(error)));
  }
  return document;
}

}  // namespace calve::iceberg
