#include "calve/iceberg/partition_spec_json.h"

#include <unordered_set>

#include <fmt/format.h>

#include "calve/iceberg/json_reader.h"
#include "calve/iceberg/json_writer.h"

namespace calve::iceberg {

Result<PartitionSpec> parse_partition_spec(const JsonNode& node) {
  PartitionSpec spec;
  spec.id = CALVE_TRY(node.required<SpecId>("spec-id"));
  const JsonNode fields = CALVE_TRY(node.member("fields"));
  spec.fields = CALVE_TRY(parse_partition_fields(fields));
  spec.unknown_members = node.members_except({"spec-id", "fields"});
  return spec;
}

void write_partition_spec(JsonWriter& json, const PartitionSpec& spec) {
  json.begin_object();
  json.member("spec-id", spec.id);
  json.key("fields");
  write_partition_fields(json, spec.fields);
  json.raw_members(spec.unknown_members);
  json.end_object();
}

Result<std::vector<PartitionField>> parse_partition_fields(std::string_view text) {
  const auto document = CALVE_TRY(JsonDocument::parse(text));
  return parse_partition_fields(document.root());
}

Result<std::vector<PartitionField>> parse_partition_fields(const JsonNode& node) {
  FieldId next = kFirstPartitionFieldId;
  std::unordered_set<FieldId> used;
  return node.list([&](const JsonNode& element) -> Result<PartitionField> {
    PartitionField field;
    field.source_id = CALVE_TRY(element.required<FieldId>("source-id"));
    field.field_id = CALVE_TRY(element.optional<FieldId>("field-id")).value_or(next);
    next = next.plus(1);
    if (field.field_id == FieldId(0)) return element.wrong("A partition field's id must not be 0");
    if (!used.insert(field.field_id).second) {
      return element.wrong(fmt::format("The partition field id {} is used twice", field.field_id));
    }
    field.name = CALVE_TRY(element.required<std::string>("name"));
    field.transform = parse_transform(CALVE_TRY(element.required<std::string>("transform")));
    field.unknown_members = element.members_except({"source-id", "field-id", "name", "transform"});
    return field;
  });
}

std::string serialize_partition_fields(const std::vector<PartitionField>& fields) {
  JsonWriter json;
  write_partition_fields(json, fields);
  return json.take();
}

void write_partition_fields(JsonWriter& json, const std::vector<PartitionField>& fields) {
  json.begin_array();
  for (const auto& field : fields) {
    json.begin_object();
    json.member("name", field.name);
    json.member("transform", to_string(field.transform));
    json.member("source-id", field.source_id);
    if (field.field_id != FieldId(0)) json.member("field-id", field.field_id);
    json.raw_members(field.unknown_members);
    json.end_object();
  }
  json.end_array();
}

}  // namespace calve::iceberg
