#include "calve/contract/table_schema.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "calve/contract/schema_json.h"

namespace calve::contract {
namespace {

constexpr std::int32_t kFirstPartitionFieldId = 1000;

iceberg::Type type_of(const SchemaNode& schema, const Node& node, const Plan& plan);

iceberg::NestedField field_of(const SchemaProperty& property, const Field& field, const Plan& plan) {
  iceberg::NestedField result{.id = *property.schema.field_id,
                              .name = property.name,
                              .type = type_of(property.schema, field.node, plan),
                              .presence = field.required && !field.node.null_allowed
                                              ? iceberg::Presence::kRequired
                                              : iceberg::Presence::kOptional};
  if (!property.schema.description.empty()) result.doc = property.schema.description;
  return result;
}

std::vector<iceberg::NestedField> fields_of(const SchemaNode& schema, const ObjectNode& object,
                                            const Plan& plan) {
  std::vector<iceberg::NestedField> fields;
  fields.reserve(object.fields.size());
  for (std::size_t i = 0; i < object.fields.size(); ++i) {
    fields.push_back(field_of(schema.properties[i], object.fields[i], plan));
  }
  return fields;
}

iceberg::Type type_of(const SchemaNode& schema, const Node& node, const Plan& plan) {
  if (const auto* object = std::get_if<std::unique_ptr<ObjectNode>>(&node.shape)) {
    return iceberg::Nested(iceberg::StructType{fields_of(schema, **object, plan)});
  }
  if (const auto* list = std::get_if<std::unique_ptr<ListNode>>(&node.shape)) {
    const Node& element = (*list)->element;
    return iceberg::Nested(iceberg::ListType{.element_id = *schema.element_id,
                                             .element = type_of(schema.items.front(), element, plan),
                                             .element_presence = element.null_allowed
                                                                     ? iceberg::Presence::kOptional
                                                                     : iceberg::Presence::kRequired});
  }
  return std::visit([](const auto& primitive) -> iceberg::Type { return primitive; },
                    plan.columns[node.first_leaf].type);
}

// "day(created_at)" or "created_at".
struct TransformText {
  std::string transform;
  std::string field;
};

TransformText split_transform(std::string_view text) {
  const auto open = text.find('(');
  if (open == std::string_view::npos || !text.ends_with(')')) return {"identity", std::string(text)};
  return {std::string(text.substr(0, open)), std::string(text.substr(open + 1, text.size() - open - 2))};
}

struct TransformedField {
  const iceberg::NestedField* source;
  iceberg::Transform transform;
  std::string transform_text;
};

Result<TransformedField> transformed_field(std::string_view text, const iceberg::Schema& schema,
                                           const std::string& pointer) {
  const auto [transform_text, path] = split_transform(text);
  const iceberg::NestedField* source = iceberg::find_field(schema, path);
  if (source == nullptr || path.find(".element") != std::string::npos) {
    return refuse(pointer, fmt::format("the table has no such field outside lists: \"{}\"", path));
  }
  const auto primitive = std::visit(
      [](const auto& type) -> std::optional<iceberg::PrimitiveType> {
        if constexpr (std::is_constructible_v<iceberg::PrimitiveType, decltype(type)>) return type;
        return std::nullopt;
      },
      source->type);
  const iceberg::Transform transform = iceberg::parse_transform(transform_text);
  if (!primitive || !iceberg::result_type(transform, *primitive)) {
    return refuse(pointer, fmt::format("\"{}\" does not apply to that field's type", text));
  }
  return TransformedField{source, transform, transform_text};
}

std::string partition_name(const TransformedField& field) {
  if (field.transform == iceberg::Transform(iceberg::SimpleTransform::kIdentity)) return field.source->name;
  // Iceberg's own names: created_at_day, customer_id_bucket_16.
  std::string suffix;
  for (const char c : field.transform_text) {
    if (c == '[') suffix += '_';
    if (c != '[' && c != ']') suffix += c;
  }
  return field.source->name + "_" + suffix;
}

}  // namespace

iceberg::Schema table_schema_of(const SchemaDocument& document, const Plan& plan) {
  iceberg::Schema schema;
  schema.fields = fields_of(document.root, *std::get<std::unique_ptr<ObjectNode>>(plan.root.shape), plan);
  for (std::size_t i = 0; i < document.stream.engine_columns.size(); ++i) {
    const EngineColumn& column = document.stream.engine_columns[i];
    schema.fields.push_back(
        {.id = column.field_id,
         .name = column.name,
         .type = std::visit([](const auto& primitive) -> iceberg::Type { return primitive; },
                            plan.columns[plan.event_columns + i].type),
         .presence = iceberg::Presence::kRequired});
  }
  return schema;
}

Result<iceberg::PartitionSpec> partition_spec_of(const SchemaDocument& document,
                                                 const iceberg::Schema& schema) {
  iceberg::PartitionSpec spec;
  for (std::size_t i = 0; i < document.stream.partition.size(); ++i) {
    const auto field = CALVE_TRY(
        transformed_field(document.stream.partition[i], schema, fmt::format("/x-calve/partition/{}", i)));
    spec.fields.push_back({.source_id = field.source->id,
                           .field_id = FieldId(kFirstPartitionFieldId + static_cast<std::int32_t>(i)),
                           .name = partition_name(field),
                           .transform = field.transform});
  }
  return spec;
}

}  // namespace calve::contract
