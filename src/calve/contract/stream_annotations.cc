#include "calve/contract/stream_annotations.h"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "calve/contract/json_pointer.h"

namespace calve::contract {
namespace {

constexpr std::string_view kRoot = "/x-calve";

std::string under(std::string_view name) {
  return std::string(kRoot) + pointer_step(name);
}

Result<std::vector<std::string>> strings_at(const Json& value, const std::string& pointer) {
  if (!value.is_array()) return refuse(pointer, "an array of strings is expected");
  std::vector<std::string> texts;
  for (const Json& each : value)
    texts.push_back(CALVE_TRY(string_at(each, pointer)));
  return texts;
}

// Rule names become reason codes and metric labels.
bool is_name(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return std::islower(c) != 0 || std::isdigit(c) != 0 || c == '_';
  });
}

Result<RuleText> rule_at(const Json& value, const std::string& pointer) {
  if (!value.is_object() || value.size() != 2 || !value.contains("name") || !value.contains("equal") ||
      !value["equal"].is_array() || value["equal"].size() != 2) {
    return refuse(pointer, "a rule is {\"name\": ..., \"equal\": [left, right]}");
  }
  RuleText rule{.name = CALVE_TRY(string_at(value["name"], pointer + "/name"))};
  rule.left = CALVE_TRY(string_at(value["equal"][0], pointer + "/equal/0"));
  rule.right = CALVE_TRY(string_at(value["equal"][1], pointer + "/equal/1"));
  if (!is_name(rule.name)) return refuse(pointer + "/name", "lower case letters, digits and _ are expected");
  return rule;
}

struct EngineColumnType {
  std::string_view name;
  std::string_view type;
};
constexpr EngineColumnType kEngineColumns[] = {{"processed_at", "timestamptz"},
                                               {"source_partition", "int"},
                                               {"source_offset", "long"},
                                               {"source_timestamp", "timestamptz"}};

// All four, each with its id; their types are the engine's and repeated in the contract for its reader.
Result<std::vector<EngineColumn>> engine_columns_at(const Json& value, const std::string& pointer) {
  std::vector<EngineColumn> columns;
  if (!value.is_object() || value.size() != std::size(kEngineColumns)) {
    return refuse(pointer, "processed_at, source_partition, source_offset and source_timestamp are expected");
  }
  for (const auto& [name, type] : kEngineColumns) {
    const std::string at = pointer + pointer_step(name);
    const auto column = value.find(std::string(name));
    if (column == value.end() || !column->is_object() || !column->contains("field-id") ||
        column->value("type", "") != type) {
      return refuse(at, fmt::format("{{\"field-id\": ..., \"type\": \"{}\"}} is expected", type));
    }
    const auto id = CALVE_TRY(field_id_at((*column)["field-id"], at + "/field-id"));
    columns.push_back({std::string(name), id});
  }
  return columns;
}

}  // namespace

Result<FieldId> field_id_at(const Json& value, const std::string& pointer) {
  const std::uint64_t id = CALVE_TRY(count_at(value, pointer));
  if (id < 1 || id > INT32_MAX) return refuse(pointer, "a field id is a whole number from 1");
  return FieldId(static_cast<std::int32_t>(id));
}

Result<iceberg::PrimitiveType> column_type_at(const Json& value, const std::string& pointer) {
  using enum iceberg::PrimitiveKind;
  const std::string text = CALVE_TRY(string_at(value, pointer));
  const auto type = iceberg::parse_primitive_type(text);
  if (type) {
    if (const auto* decimal = std::get_if<iceberg::DecimalType>(&*type)) return *decimal;
    if (const auto* kind = std::get_if<iceberg::PrimitiveKind>(&*type)) {
      for (const auto each : {kBoolean, kInt, kLong, kDouble, kString, kUuid, kDate, kTimestamptz}) {
        if (*kind == each) return *kind;
      }
    }
  }
  return refuse(pointer, fmt::format("\"{}\" is no column type that a JSON value can become", text));
}

Result<StreamAnnotations> read_stream_annotations(const Json& document) {
  if (!document.contains("x-calve") || !document["x-calve"].is_object()) {
    return refuse(kRoot, "the stream's annotations are missing (version, engine-columns)");
  }
  StreamAnnotations stream;
  for (const auto& [name, value] : document["x-calve"].items()) {
    const std::string at = under(name);
    if (name == "version") {
      stream.version = CALVE_TRY(string_at(value, at));
    } else if (name == "event-time") {
      stream.event_time = CALVE_TRY(string_at(value, at));
    } else if (name == "partition") {
      stream.partition = CALVE_TRY(strings_at(value, at));
    } else if (name == "engine-columns") {
      stream.engine_columns = CALVE_TRY(engine_columns_at(value, at));
    } else if (name == "rules") {
      if (!value.is_array()) return refuse(at, "an array is expected");
      for (std::size_t i = 0; i < value.size(); ++i) {
        stream.rules.push_back(CALVE_TRY(rule_at(value[i], fmt::format("{}/{}", at, i))));
      }
    } else {
      return refuse(at, "x-calve knows version, event-time, partition, rules and engine-columns here");
    }
  }
  if (stream.version.empty()) return refuse(under("version"), "the contract's version is missing");
  if (stream.engine_columns.empty())
    return refuse(under("engine-columns"), "the engine's columns are missing");
  return stream;
}

}  // namespace calve::contract
