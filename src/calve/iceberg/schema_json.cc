#include "calve/iceberg/schema_json.h"

#include <unordered_set>

#include <fmt/format.h>

#include "calve/iceberg/json_reader.h"
#include "calve/iceberg/json_writer.h"

namespace calve::iceberg {
namespace {

// Reads one schema, and sees to it that no id is used twice in it.
class SchemaReader {
 public:
  Result<std::vector<NestedField>> fields(const JsonNode& object) {
    const JsonNode list = CALVE_TRY(object.member("fields"));
    return list.list([this](const JsonNode& node) { return field(node); });
  }

 private:
  Result<NestedField> field(const JsonNode& node) {
    NestedField field;
    field.id = CALVE_TRY(unused_id(node, "id"));
    field.name = CALVE_TRY(node.required<std::string>("name"));
    field.presence = CALVE_TRY(presence(node, "required"));
    field.doc = CALVE_TRY(node.optional<std::string>("doc"));
    const JsonNode type_node = CALVE_TRY(node.member("type"));
    auto read = type(type_node);
    if (!read && read.error().kind == ErrorKind::kUnsupported && !names_field_) {
      names_field_ = true;
      return fail(ErrorKind::kUnsupported,
                  fmt::format("{} (field {}, at {})", read.error().message, field.name, type_node.pointer()));
    }
    field.type = CALVE_TRY(std::move(read));
    field.unknown_members = node.members_except({"id", "name", "required", "type", "doc"});
    return field;
  }

  Result<Type> type(const JsonNode& node) {
    if (node.is_string()) {
      auto primitive = parse_primitive_type(CALVE_TRY(node.as<std::string>()));
      if (!primitive && primitive.error().kind == ErrorKind::kInvalidData) {
        return node.wrong(primitive.error().message);
      }
      return primitive;
    }
    const auto name = CALVE_TRY(node.required<std::string>("type"));
    if (name == "struct") {
      CALVE_TRY(nothing_else(node, {"type", "fields"}));
      return Nested(StructType{CALVE_TRY(fields(node))});
    }
    if (name == "list") {
      CALVE_TRY(nothing_else(node, {"type", "element-id", "element", "element-required"}));
      ListType list;
      list.element_id = CALVE_TRY(unused_id(node, "element-id"));
      list.element_presence = CALVE_TRY(presence(node, "element-required"));
      list.element = CALVE_TRY(member_type(node, "element"));
      return Nested(std::move(list));
    }
    if (name == "map") {
      CALVE_TRY(nothing_else(node, {"type", "key-id", "key", "value-id", "value", "value-required"}));
      MapType map;
      map.key_id = CALVE_TRY(unused_id(node, "key-id"));
      map.key = CALVE_TRY(member_type(node, "key"));
      map.value_id = CALVE_TRY(unused_id(node, "value-id"));
      map.value_presence = CALVE_TRY(presence(node, "value-required"));
      map.value = CALVE_TRY(member_type(node, "value"));
      return Nested(std::move(map));
    }
    return node.wrong(fmt::format("Not an Iceberg type: {}", name));
  }

  Result<Type> member_type(const JsonNode& node, std::string_view name) {
    const JsonNode child = CALVE_TRY(node.member(name));
    return type(child);
  }

  Result<FieldId> unused_id(const JsonNode& node, std::string_view name) {
    const JsonNode child = CALVE_TRY(node.member(name));
    const auto id = CALVE_TRY(child.as<FieldId>());
    if (!used_.insert(id).second) return child.wrong(fmt::format("The field id {} is used twice", id));
    return id;
  }

  static Result<Presence> presence(const JsonNode& node, std::string_view name) {
    return CALVE_TRY(node.required<bool>(name)) ? Presence::kRequired : Presence::kOptional;
  }

  // These types have no place for members that we do not know; losing them silently is worse.
  static Result<void> nothing_else(const JsonNode& node, std::initializer_list<std::string_view> known) {
    const auto others = node.members_except(known);
    if (others.empty()) return {};
    return fail(ErrorKind::kUnsupported, fmt::format("A type has a member that is not known here: {}/{}",
                                                     node.pointer(), others.begin()->first));
  }

  std::unordered_set<FieldId> used_;
  bool names_field_ = false;  // the error under way names the innermost field already
};

void write_type(JsonWriter& json, const Type& type);

void write_fields(JsonWriter& json, const std::vector<NestedField>& fields) {
  json.array("fields", fields, [&json](const NestedField& field) {
    json.begin_object();
    json.member("id", field.id);
    json.member("name", field.name);
    json.member("required", field.presence == Presence::kRequired);
    json.key("type");
    write_type(json, field.type);
    json.member_if("doc", field.doc);
    json.raw_members(field.unknown_members);
    json.end_object();
  });
}

struct TypeWriter {
  JsonWriter& json;

  template <class Primitive>
  void operator()(const Primitive& primitive) const {
    json.value(to_string(Type(primitive)));
  }
  void operator()(const Nested<StructType>& type) const {
    json.begin_object();
    json.member("type", "struct");
    write_fields(json, type->fields);
    json.end_object();
  }
  void operator()(const Nested<ListType>& type) const {
    json.begin_object();
    json.member("type", "list");
    json.member("element-id", type->element_id);
    json.key("element");
    write_type(json, type->element);
    json.member("element-required", type->element_presence == Presence::kRequired);
    json.end_object();
  }
  void operator()(const Nested<MapType>& type) const {
    json.begin_object();
    json.member("type", "map");
    json.member("key-id", type->key_id);
    json.key("key");
    write_type(json, type->key);
    json.member("value-id", type->value_id);
    json.key("value");
    write_type(json, type->value);
    json.member("value-required", type->value_presence == Presence::kRequired);
    json.end_object();
  }
};

void write_type(JsonWriter& json, const Type& type) {
  std::visit(TypeWriter{json}, type);
}

}  // namespace

Result<Schema> parse_schema(std::string_view text) {
  const auto document = CALVE_TRY(JsonDocument::parse(text));
  return parse_schema(document.root());
}

Result<Schema> parse_schema(const JsonNode& node) {
  const JsonNode type = CALVE_TRY(node.member("type"));
  if (CALVE_TRY(type.as<std::string>()) != "struct") return type.wrong("A schema must be a struct");
  Schema schema;
  // Version 1 writers may leave the id out: such a table has one schema.
  schema.id = CALVE_TRY(node.optional<SchemaId>("schema-id")).value_or(SchemaId(0));
  schema.fields = CALVE_TRY(SchemaReader().fields(node));
  if (const auto ids = CALVE_TRY(node.find("identifier-field-ids"))) {
    schema.identifier_field_ids = CALVE_TRY(ids->list([&schema](const JsonNode& id) -> Result<FieldId> {
      const auto field_id = CALVE_TRY(id.as<FieldId>());
      if (find_field(schema, field_id) == nullptr) return id.wrong("The schema has no such identifier field");
      return field_id;
    }));
  }
  schema.unknown_members = node.members_except({"type", "schema-id", "fields", "identifier-field-ids"});
  return schema;
}

std::string serialize_schema(const Schema& schema) {
  JsonWriter json;
  write_schema(json, schema);
  return json.take();
}

void write_schema(JsonWriter& json, const Schema& schema) {
  json.begin_object();
  json.member("type", "struct");
  json.member("schema-id", schema.id);
  if (!schema.identifier_field_ids.empty()) {
    json.array("identifier-field-ids", schema.identifier_field_ids, [&json](FieldId id) { json.value(id); });
  }
  write_fields(json, schema.fields);
  json.raw_members(schema.unknown_members);
  json.end_object();
}

}  // namespace calve::iceberg
