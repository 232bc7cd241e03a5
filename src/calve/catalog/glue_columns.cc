#include "calve/catalog/glue_columns.h"

#include <algorithm>
#include <set>
#include <utility>
#include <variant>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace calve::catalog {
namespace {

using iceberg::PrimitiveKind;

// Glue refuses a longer one.
constexpr std::size_t kCommentBytesMax = 255;

std::string_view hive_name(PrimitiveKind kind) {
  switch (kind) {
    case PrimitiveKind::kBoolean:
      return "boolean";
    case PrimitiveKind::kInt:
      return "int";
    case PrimitiveKind::kLong:
      return "bigint";
    case PrimitiveKind::kFloat:
      return "float";
    case PrimitiveKind::kDouble:
      return "double";
    case PrimitiveKind::kDate:
      return "date";
    case PrimitiveKind::kTimestamp:
    case PrimitiveKind::kTimestamptz:
      return "timestamp";
    case PrimitiveKind::kTime:
    case PrimitiveKind::kString:
    case PrimitiveKind::kUuid:
      return "string";
    case PrimitiveKind::kBinary:
      return "binary";
  }
  std::unreachable();
}

struct HiveType {
  std::string operator()(PrimitiveKind kind) const { return std::string(hive_name(kind)); }
  std::string operator()(const iceberg::DecimalType& type) const {
    return fmt::format("decimal({},{})", type.precision, type.scale);
  }
  std::string operator()(const iceberg::FixedType&) const { return "binary"; }
  std::string operator()(const iceberg::Nested<iceberg::StructType>& type) const {
    std::vector<std::string> fields;
    for (const auto& field : type->fields)
      fields.push_back(fmt::format("{}:{}", field.name, hive_type(field.type)));
    return fmt::format("struct<{}>", fmt::join(fields, ","));
  }
  std::string operator()(const iceberg::Nested<iceberg::ListType>& type) const {
    return fmt::format("array<{}>", hive_type(type->element));
  }
  std::string operator()(const iceberg::Nested<iceberg::MapType>& type) const {
    return fmt::format("map<{},{}>", hive_type(type->key), hive_type(type->value));
  }
};

enum class Column { kCurrent, kFormer };

nlohmann::json glue_column(const iceberg::NestedField& field, Column column) {
  nlohmann::json json = {
      {"Name", field.name},
      {"Type", hive_type(field.type)},
      {"Parameters",
       {{"iceberg.field.id", fmt::format("{}", field.id)},
        {"iceberg.field.optional", field.presence == iceberg::Presence::kOptional ? "true" : "false"},
        {"iceberg.field.current", column == Column::kCurrent ? "true" : "false"}}}};
  if (field.doc && field.doc->size() <= kCommentBytesMax) json["Comment"] = *field.doc;
  return json;
}

}  // namespace

std::string hive_type(const iceberg::Type& type) {
  return std::visit(HiveType{}, type);
}

nlohmann::json glue_columns(const iceberg::TableMetadata& metadata) {
  nlohmann::json columns = nlohmann::json::array();
  std::set<std::string> names;
  const auto add = [&](const iceberg::Schema& schema, Column column) {
    for (const auto& field : schema.fields) {
      if (names.insert(field.name).second) columns.push_back(glue_column(field, column));
    }
  };
  add(iceberg::current_schema(metadata), Column::kCurrent);
  for (const auto& schema : metadata.schemas)
    add(schema, Column::kFormer);
  return columns;
}

}  // namespace calve::catalog
