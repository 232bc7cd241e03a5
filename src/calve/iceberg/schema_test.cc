#include "calve/iceberg/schema.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "calve/iceberg/schema_json.h"

namespace calve::iceberg {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

NestedField field(int id, std::string name, Type type, Presence presence = Presence::kOptional) {
  return {.id = FieldId(id), .name = std::move(name), .type = std::move(type), .presence = presence};
}

// id required long, items optional list<required struct<sku required string, tags optional map<string,
// optional int>>>, "a.b" required struct<c optional double>
Schema orders() {
  const MapType tags{.key_id = FieldId(7),
                     .key = PrimitiveKind::kString,
                     .value_id = FieldId(8),
                     .value = PrimitiveKind::kInt};
  const StructType item{
      {field(5, "sku", PrimitiveKind::kString, Presence::kRequired), field(6, "tags", Nested(tags))}};
  const ListType items{
      .element_id = FieldId(4), .element = Nested(item), .element_presence = Presence::kRequired};
  return {
      .id = SchemaId(3),
      .fields = {field(1, "id", PrimitiveKind::kLong, Presence::kRequired), field(2, "items", Nested(items)),
                 field(3, "a.b", Nested(StructType{{field(9, "c", PrimitiveKind::kDouble)}}),
                       Presence::kRequired)},
      .identifier_field_ids = {FieldId(1)}};
}

TEST(Type, IsAValue) {
  const Type original = Nested(StructType{{field(1, "a", PrimitiveKind::kInt)}});
  Type copy = original;
  EXPECT_EQ(copy, original);
  std::get<Nested<StructType>>(copy)->fields[0].name = "b";
  EXPECT_NE(copy, original);
  EXPECT_EQ(std::get<Nested<StructType>>(original)->fields[0].name, "a");
}

TEST(FindField, ByIdAtAnyDepth) {
  const Schema schema = orders();
  for (const auto& [id, name] : {std::pair(1, "id"), {2, "items"}, {5, "sku"}, {6, "tags"}, {9, "c"}}) {
    const NestedField* found = find_field(schema, FieldId(id));
    ASSERT_NE(found, nullptr) << id;
    EXPECT_EQ(found->name, name);
  }
  for (const int id : {0, 4, 7, 8, 10})
    EXPECT_EQ(find_field(schema, FieldId(id)), nullptr) << id;
}

TEST(FindField, ByPath) {
  const Schema schema = orders();
  for (const auto& [path, id] : {std::pair("id", 1),
                                 {"items", 2},
                                 {"items.element.sku", 5},
                                 {"items.element.tags", 6},
                                 {"a.b", 3},
                                 {"a.b.c", 9}}) {
    const NestedField* found = find_field(schema, path);
    ASSERT_NE(found, nullptr) << path;
    EXPECT_EQ(found->id, FieldId(id)) << path;
  }
  for (const char* path :
       {"", ".", "i", "idx", "id.", "id.x", "items.sku", "items.element", "items.element.tags.value", "a"}) {
    EXPECT_EQ(find_field(schema, path), nullptr) << path;
  }
}

TEST(HighestFieldId, CountsElementsKeysAndValues) {
  EXPECT_EQ(highest_field_id(orders()), FieldId(9));
  EXPECT_EQ(highest_field_id({}), FieldId(0));
  const ListType list{.element_id = FieldId(30), .element = PrimitiveKind::kInt};
  EXPECT_EQ(highest_field_id({.fields = {field(2, "l", Nested(list))}}), FieldId(30));
}

TEST(Leaves, HaveDremelLevels) {
  EXPECT_THAT(leaves(orders()),
              ElementsAre(Leaf{FieldId(1), "id", PrimitiveKind::kLong, 0, 0},
                          Leaf{FieldId(5), "items.element.sku", PrimitiveKind::kString, 2, 1},
                          Leaf{FieldId(7), "items.element.tags.key", PrimitiveKind::kString, 4, 2},
                          Leaf{FieldId(8), "items.element.tags.value", PrimitiveKind::kInt, 5, 2},
                          Leaf{FieldId(9), "a.b.c", PrimitiveKind::kDouble, 1, 0}));
}

TEST(PrimitiveTypeText, ReadsWhatItWrites) {
  for (const char* text :
       {"boolean", "int", "long", "float", "double", "date", "time", "timestamp", "timestamptz", "string",
        "uuid", "binary", "decimal(1, 0)", "decimal(38, 38)", "fixed[16]"}) {
    const auto type = parse_primitive_type(text);
    ASSERT_TRUE(type) << text;
    EXPECT_EQ(to_string(*type), text);
  }
  EXPECT_EQ(parse_primitive_type("decimal(12,2)"), Type(DecimalType(12, 2)));
  EXPECT_EQ(parse_primitive_type("decimal( 12 , 2 )"), Type(DecimalType(12, 2)));
}

TEST(PrimitiveTypeText, RefusesTheRest) {
  for (const char* text : {"",
                           "Int",
                           "integer",
                           "int ",
                           "struct",
                           "list",
                           "decimal",
                           "decimal()",
                           "decimal(2)",
                           "decimal(0, 0)",
                           "decimal(39, 0)",
                           "decimal(2, 3)",
                           "decimal(2, -1)",
                           "decimal(2, 1",
                           "decimal(2, 1, 0)",
                           "fixed",
                           "fixed[]",
                           "fixed[0]",
                           "fixed[-1]",
                           "fixed[99999999999]",
                           "fixed(3)"}) {
    const auto type = parse_primitive_type(text);
    ASSERT_FALSE(type) << text;
    EXPECT_EQ(type.error().kind, ErrorKind::kInvalidData) << text;
    EXPECT_THAT(type.error().message, HasSubstr(text));
  }
  for (const char* text : {"timestamp_ns", "timestamptz_ns", "unknown", "variant", "geometry",
                           "geometry(OGC:CRS84)", "geography(OGC:CRS84, spherical)"}) {
    const auto type = parse_primitive_type(text);
    ASSERT_FALSE(type) << text;
    EXPECT_EQ(type.error().kind, ErrorKind::kUnsupported) << text;
  }
}

// --- JSON ---------------------------------------------------------------------------------------------

TEST(SchemaJson, ReadsWhatItWrites) {
  Schema schema = orders();
  schema.fields[0].doc = "Line\nof \"text\", æ";
  schema.fields[0].unknown_members = {{"initial-default", "7"}, {"write-default", "8"}};
  schema.unknown_members = {{"later", "{\"a\":[1]}"}};
  const std::string text = serialize_schema(schema);
  EXPECT_EQ(parse_schema(text), schema) << text;
  EXPECT_EQ(
      serialize_schema({.id = SchemaId(1), .fields = {field(1, "x", PrimitiveKind::kInt)}}),
      R"({"type":"struct","schema-id":1,"fields":[{"id":1,"name":"x","required":false,"type":"int"}]})");
}

struct BrokenSchema {
  const char* text;
  const char* says;
  ErrorKind kind = ErrorKind::kInvalidData;
};

TEST(SchemaJson, RefusesWithThePlace) {
  const BrokenSchema kBroken[] = {
      {R"({})", "/type"},
      {R"([])", "the document itself"},
      {R"({"type": "struct"})", "/fields"},
      {R"({"type": "struct", "fields": [1]})", "/fields/0"},
      {R"({"type": "struct", "schema-id": "0", "fields": []})", "/schema-id"},
      {R"({"type": "struct", "fields": [{"name": "x", "required": true, "type": "int"}]})", "/fields/0/id"},
      {R"({"type": "struct", "fields": [{"id": 1, "required": true, "type": "int"}]})", "/fields/0/name"},
      {R"({"type": "struct", "fields": [{"id": 1, "name": "x", "type": "int"}]})", "/fields/0/required"},
      {R"({"type": "struct", "fields": [{"id": 1, "name": "x", "required": true}]})", "/fields/0/type"},
      {R"({"type": "struct", "fields": [{"id": 1, "name": "x", "required": true, "type": "integer"}]})",
       "integer, at /fields/0/type"},
      {R"({"type": "struct", "fields": [{"id": 1, "name": "x", "required": true, "type": {"type": "set"}}]})",
       "set, at /fields/0/type"},
      {R"({"type": "struct", "fields": [{"id": 1, "name": "x", "required": true, "type": "int"},
                                        {"id": 1, "name": "y", "required": true, "type": "int"}]})",
       "/fields/1/id"},
      {R"({"type": "struct", "fields": [{"id": 1, "name": "x", "required": true, "type":
           {"type": "list", "element-id": 1, "element": "int", "element-required": true}}]})",
       "/fields/0/type/element-id"},
      {R"({"type": "struct", "fields": [{"id": 1, "name": "x", "required": true, "type":
           {"type": "map", "key-id": 2, "key": "int", "value-id": 3, "value-required": true}}]})",
       "/fields/0/type/value"},
      {R"({"type": "struct", "fields": [], "identifier-field-ids": [4]})", "/identifier-field-ids/0"},
      {R"({"type": "struct", "fields": [{"id": 1, "name": "x", "required": true, "type": "variant"}]})",
       "variant (field x, at /fields/0/type)", ErrorKind::kUnsupported},
      {R"({"type": "struct", "fields": [{"id": 1, "name": "x", "required": true, "type":
           {"type": "struct", "fields": [{"id": 2, "name": "y", "required": true, "type": "timestamp_ns"}]}}]})",
       "timestamp_ns (field y, at /fields/0/type/fields/0/type)", ErrorKind::kUnsupported},
      {R"({"type": "struct", "fields": [{"id": 1, "name": "x", "required": true, "type":
           {"type": "list", "element-id": 2, "element": "int", "element-required": true, "later": 1}}]})",
       "/fields/0/type/later", ErrorKind::kUnsupported},
  };
  for (const auto& broken : kBroken) {
    const auto schema = parse_schema(broken.text);
    ASSERT_FALSE(schema) << broken.text;
    EXPECT_EQ(schema.error().kind, broken.kind) << broken.text << schema.error().message;
    EXPECT_THAT(schema.error().message, HasSubstr(broken.says)) << broken.text;
  }
}

TEST(SchemaJson, RefusesBottomlessNesting) {
  std::string text = R"({"type":"struct","fields":[{"id":1,"name":"x","required":true,"type":)";
  for (int i = 0; i < 100'000; ++i)
    text += R"({"type":"list","element-id":2,"element-required":true,"element":)";
  EXPECT_FALSE(parse_schema(text));
}

}  // namespace
}  // namespace calve::iceberg
