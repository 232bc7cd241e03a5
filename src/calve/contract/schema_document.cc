#include "calve/contract/schema_document.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "calve/contract/json_pointer.h"
#include "calve/contract/schema_json.h"
#include "calve/contract/stream_annotations.h"

namespace calve::contract {
namespace {

constexpr int kSchemaDepthMax = 64;
constexpr std::string_view kDialect = "https://json-schema.org/draft/2020-12/schema";

// They assert nothing, so they may stand anywhere.
constexpr std::array kAnnotationKeywords = {
    std::string_view("$comment"),        std::string_view("title"),       std::string_view("default"),
    std::string_view("examples"),        std::string_view("deprecated"),  std::string_view("readOnly"),
    std::string_view("writeOnly"),       std::string_view("description"), std::string_view("contentEncoding"),
    std::string_view("contentMediaType")};
constexpr std::array kRootKeywords = {std::string_view("$schema"), std::string_view("$id"),
                                      std::string_view("$defs")};

template <std::size_t N>
bool contains(const std::array<std::string_view, N>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

std::optional<TypeSet::Bit> type_named(std::string_view name) {
  if (name == "null") return TypeSet::kNull;
  if (name == "boolean") return TypeSet::kBoolean;
  if (name == "integer") return TypeSet::kInteger;
  if (name == "number") return TypeSet::kNumber;
  if (name == "string") return TypeSet::kString;
  if (name == "array") return TypeSet::kArray;
  if (name == "object") return TypeSet::kObject;
  return std::nullopt;
}

Result<TypeSet> parse_types(const Json& value, const std::string& pointer) {
  TypeSet types;
  const auto add = [&](const Json& name) -> bool {
    const auto bit = name.is_string() ? type_named(name.get<std::string>()) : std::nullopt;
    if (!bit || types.has(*bit)) return false;
    types.bits |= *bit;
    return true;
  };
  const bool valid =
      value.is_array() ? !value.empty() && std::all_of(value.begin(), value.end(), add) : add(value);
  if (!valid)
    return refuse(pointer, "one of JSON Schema's types, or an array of different ones, is expected");
  return types;
}

Result<ScalarValue> parse_scalar(const Json& value, const std::string& pointer) {
  if (value.is_null()) return ScalarValue();
  if (value.is_boolean()) return ScalarValue(value.get<bool>());
  if (value.is_string()) return ScalarValue(value.get<std::string>());
  if (value.is_number()) return ScalarValue(CALVE_TRY(number_at(value, pointer)));
  return refuse(pointer, "enum and const are supported for null, booleans, numbers and strings");
}

Result<Format> parse_format(const Json& value, const std::string& pointer) {
  const std::string name = CALVE_TRY(string_at(value, pointer));
  if (name == "uuid") return Format::kUuid;
  if (name == "date-time") return Format::kDateTime;
  if (name == "date") return Format::kDate;
  if (name == "email") return Format::kEmail;
  return refuse(pointer, fmt::format("format \"{}\" is not supported: use uuid, date-time, date, email, or a "
                                     "pattern",
                                     name));
}

// Reads one schema after another; holds the document, which $ref looks into.
class Reader {
 public:
  explicit Reader(const Json& document) : document_(document) {}

  Result<SchemaNode> read(const Json& schema, const std::string& pointer) {
    if (!schema.is_object()) return refuse(pointer, "a schema object is expected");
    if (++depth_ > kSchemaDepthMax) return refuse(pointer, "schemas are nested deeper than 64");
    auto node = schema.contains("$ref") ? read_reference(schema, pointer) : read_plain(schema, pointer);
    --depth_;
    return node;
  }

 private:
  Result<SchemaNode> read_plain(const Json& schema, const std::string& pointer) {
    SchemaNode node;
    node.pointer = pointer;
    if (!schema.contains("type")) return refuse(pointer, "`type` is missing: a column needs one");
    for (const auto& [keyword, value] : schema.items()) {
      CALVE_TRY(read_keyword(keyword, value, node));
    }
    if (schema.contains("required")) CALVE_TRY(read_required(schema["required"], node));
    return node;
  }

  // In 2020-12 the keywords beside $ref assert as well as those it refers to. Only annotations are
  // taken there, so that each assertion has one place.
  Result<SchemaNode> read_reference(const Json& schema, const std::string& pointer) {
    const std::string reference = CALVE_TRY(string_at(schema["$ref"], pointer + "/$ref"));
    constexpr std::string_view kDefs = "#/$defs/";
    if (!reference.starts_with(kDefs)) {
      return refuse(pointer + "/$ref", "$ref is supported into \"#/$defs/\" only");
    }
    const std::string token = reference.substr(kDefs.size());
    const auto defs = document_.find("$defs");
    const std::string name = unescape_pointer_token(token);
    if (token.find('/') != std::string::npos || defs == document_.end() || !defs->contains(name)) {
      return refuse(pointer + "/$ref", "$ref leads nowhere");
    }
    if (std::find(open_references_.begin(), open_references_.end(), name) != open_references_.end()) {
      return refuse(pointer + "/$ref", "$ref leads back to itself: a table has no recursive columns");
    }
    open_references_.push_back(name);
    SchemaNode node = CALVE_TRY(read((*defs)[name], "/$defs" + pointer_step(name)));
    open_references_.pop_back();
    for (const auto& [keyword, value] : schema.items()) {
      if (keyword == "$ref") continue;
      if (keyword != "x-calve" && !contains(kAnnotationKeywords, keyword)) {
        return refuse(pointer + pointer_step(keyword), "beside $ref only annotations are supported");
      }
      node.pointer = pointer;
      CALVE_TRY(read_keyword(keyword, value, node));
    }
    node.pointer = pointer;
    return node;
  }

  Result<void> read_keyword(const std::string& keyword, const Json& value, SchemaNode& node) {
    const std::string pointer = node.pointer + pointer_step(keyword);
    const auto count = [&](std::optional<std::uint64_t>& to) -> Result<void> {
      to = CALVE_TRY(count_at(value, pointer));
      return {};
    };
    const auto number = [&](std::optional<Decimal>& to) -> Result<void> {
      to = CALVE_TRY(number_at(value, pointer));
      return {};
    };
    if (keyword == "type") {
      node.types = CALVE_TRY(parse_types(value, pointer));
      return {};
    }
    if (keyword == "properties") return read_properties(value, pointer, node);
    if (keyword == "required") return {};  // after the properties, wherever they stand
    if (keyword == "additionalProperties") {
      node.unknown_fields_allowed = CALVE_TRY(boolean_at(value, pointer));
      return {};
    }
    if (keyword == "items") {
      node.items.push_back(CALVE_TRY(read(value, pointer)));
      return {};
    }
    if (keyword == "enum") return read_enum(value, pointer, node);
    if (keyword == "const") return allow({CALVE_TRY(parse_scalar(value, pointer))}, node);
    if (keyword == "minimum") return number(node.minimum);
    if (keyword == "maximum") return number(node.maximum);
    if (keyword == "exclusiveMinimum") return number(node.exclusive_minimum);
    if (keyword == "exclusiveMaximum") return number(node.exclusive_maximum);
    if (keyword == "multipleOf") return read_multiple_of(value, pointer, node);
    if (keyword == "minLength") return count(node.min_length);
    if (keyword == "maxLength") return count(node.max_length);
    if (keyword == "minItems") return count(node.min_items);
    if (keyword == "maxItems") return count(node.max_items);
    if (keyword == "pattern") {
      node.pattern = CALVE_TRY(string_at(value, pointer));
      return {};
    }
    if (keyword == "format") {
      node.format = CALVE_TRY(parse_format(value, pointer));
      return {};
    }
    if (keyword == "description") node.description = value.is_string() ? value.get<std::string>() : "";
    if (keyword == "x-calve") return read_annotations(value, pointer, node);
    if (contains(kAnnotationKeywords, keyword)) return {};
    if (node.pointer.empty() && contains(kRootKeywords, keyword)) return {};
    return refuse(pointer,
                  fmt::format("keyword \"{}\" is not supported; docs/reference/contract.md lists those "
                              "that are",
                              keyword));
  }

  Result<void> read_properties(const Json& value, const std::string& pointer, SchemaNode& node) {
    if (!value.is_object()) return refuse(pointer, "an object is expected");
    for (const auto& [name, schema] : value.items()) {
      auto read_schema = CALVE_TRY(read(schema, pointer + pointer_step(name)));
      node.properties.push_back({.name = name, .schema = std::move(read_schema)});
    }
    return {};
  }

  Result<void> read_required(const Json& value, SchemaNode& node) {
    const std::string pointer = node.pointer + "/required";
    if (!value.is_array()) return refuse(pointer, "an array of property names is expected");
    for (const Json& entry : value) {
      const std::string name = CALVE_TRY(string_at(entry, pointer));
      const auto property = std::find_if(node.properties.begin(), node.properties.end(),
                                         [&](const SchemaProperty& each) { return each.name == name; });
      if (property == node.properties.end()) {
        return refuse(pointer,
                      fmt::format("required names \"{}\", which `properties` does not describe", name));
      }
      property->required = true;
    }
    return {};
  }

  Result<void> read_enum(const Json& value, const std::string& pointer, SchemaNode& node) {
    if (!value.is_array()) return refuse(pointer, "an array is expected");
    std::vector<ScalarValue> values;
    for (const Json& entry : value)
      values.push_back(CALVE_TRY(parse_scalar(entry, pointer)));
    return allow(std::move(values), node);
  }

  // `enum` and `const` both assert, so a value must be in both.
  Result<void> allow(std::vector<ScalarValue> values, SchemaNode& node) {
    if (node.allowed) {
      std::erase_if(values, [&](const ScalarValue& value) {
        return std::find(node.allowed->begin(), node.allowed->end(), value) == node.allowed->end();
      });
    }
    node.allowed = std::move(values);
    return {};
  }

  Result<void> read_multiple_of(const Json& value, const std::string& pointer, SchemaNode& node) {
    const Decimal divisor = CALVE_TRY(number_at(value, pointer));
    if (divisor.coefficient <= 0 || divisor.coefficient > INT64_MAX) {
      return refuse(pointer, "a number above 0 and below 2^63 is expected");
    }
    node.multiple_of = divisor;
    return {};
  }

  Result<void> read_annotations(const Json& value, const std::string& pointer, SchemaNode& node) {
    if (node.pointer.empty()) return {};  // the stream's own: read_stream_annotations()
    if (!value.is_object()) return refuse(pointer, "an object is expected");
    for (const auto& [name, annotation] : value.items()) {
      const std::string at = pointer + pointer_step(name);
      if (name == "field-id") {
        node.field_id = CALVE_TRY(field_id_at(annotation, at));
      } else if (name == "element-id") {
        node.element_id = CALVE_TRY(field_id_at(annotation, at));
      } else if (name == "type") {
        node.column_type = CALVE_TRY(column_type_at(annotation, at));
      } else {
        return refuse(at, "x-calve knows field-id, element-id and type here");
      }
    }
    return {};
  }

  const Json& document_;
  std::vector<std::string> open_references_;
  int depth_ = 0;
};

}  // namespace

Result<SchemaDocument> parse_schema_document(std::string_view text) {
  const Json json = CALVE_TRY(parse_schema_json(text));
  if (!json.is_object()) return refuse("", "a schema object is expected");
  if (json.contains("$schema") && json["$schema"] != kDialect) {
    return refuse("/$schema", fmt::format("\"{}\" is the only supported dialect", kDialect));
  }
  Reader reader(json);
  if (json.contains("$defs")) {
    if (!json["$defs"].is_object()) return refuse("/$defs", "an object is expected");
    for (const auto& [name, schema] : json["$defs"].items()) {
      CALVE_TRY(reader.read(schema, "/$defs" + pointer_step(name)));
    }
  }
  SchemaDocument document;
  document.root = CALVE_TRY(reader.read(json, ""));
  document.stream = CALVE_TRY(read_stream_annotations(json));
  return document;
}

}  // namespace calve::contract
