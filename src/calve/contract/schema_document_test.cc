// What a contract may not say, and where the message points.

#include "calve/contract/schema_document.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "calve/contract/decoder_under_test.h"
#include "calve/iceberg/schema.h"

namespace calve::contract {
namespace {

using testing::HasSubstr;

// Each is the schema of a property "v" with its field id.
TEST(SchemaDocumentTest, RefusesWithAPointer) {
  const struct {
    std::string_view keywords;
    std::string_view pointer;
  } cases[] = {
      {R"("type": "string", "minlength": 1)", "/properties/v/minlength"},
      {R"("type": "string", "not": {})", "/properties/v/not"},
      {R"("type": "string", "anyOf": [])", "/properties/v/anyOf"},
      {R"("type": "string", "allOf": [])", "/properties/v/allOf"},
      {R"("type": "string", "if": true)", "/properties/v/if"},
      {R"("type": "string", "$dynamicRef": "#a")", "/properties/v/$dynamicRef"},
      {R"("type": "string", "a/b~c": 1)", "/properties/v/a~1b~0c"},
      {R"("type": "array", "items": {"type": "string", "x-calve": {"field-id": 9}}, "uniqueItems": true)",
       "/properties/v/uniqueItems"},
      {R"("type": "array", "prefixItems": [])", "/properties/v/prefixItems"},
      {R"("type": "array")", "/properties/v/items"},
      {R"("type": "array", "items": {"type": "string"})", "/properties/v/x-calve/element-id"},
      {R"("type": "object", "properties": {})", "/properties/v/properties"},
      {R"("type": "object", "patternProperties": {})", "/properties/v/patternProperties"},
      {R"("type": "object", "additionalProperties": {}, "properties": {})",
       "/properties/v/additionalProperties"},
      {R"("type": "object", "required": ["w"], "properties": {})", "/properties/v/required"},
      {R"("type": "object", "properties": {"w": {"type": "string"}})",
       "/properties/v/properties/w/x-calve/field-id"},
      {R"("type": "object", "properties": {"w": {"type": "string", "x-calve": {"field-id": 1}}})",
       "field-id"},
      {R"("minimum": 1)", "/properties/v"},
      {R"("type": "text")", "/properties/v/type"},
      {R"("type": [])", "/properties/v/type"},
      {R"("type": ["string", "string"])", "/properties/v/type"},
      {R"("type": ["string", "integer"])", "/properties/v/type"},
      {R"("type": ["string", "array"])", "/properties/v/type"},
      {R"("type": "null")", "/properties/v/type"},
      {R"("type": "string", "minLength": -1)", "/properties/v/minLength"},
      {R"("type": "string", "minLength": 1.5)", "/properties/v/minLength"},
      {R"("type": "string", "maxLength": "1")", "/properties/v/maxLength"},
      {R"x("type": "string", "pattern": "(?=a)")x", "/properties/v/pattern"},
      {R"("type": "string", "pattern": 1)", "/properties/v/pattern"},
      {R"("type": "string", "format": "ipv4")", "/properties/v/format"},
      {R"("type": "integer", "multipleOf": 0)", "/properties/v/multipleOf"},
      {R"("type": "integer", "minimum": "1")", "/properties/v/minimum"},
      {R"("type": "number", "maximum": 0.12345678901234567)", "/properties/v/maximum"},
      {R"("type": "string", "enum": "a")", "/properties/v/enum"},
      {R"("type": "string", "enum": [[]])", "/properties/v/enum"},
      {R"("$ref": "other.json")", "/properties/v/$ref"},
      {R"("$ref": "#/$defs/none")", "/properties/v/$ref"},
      {R"("$ref": "#/$defs/self")", "/$defs/self/$ref"},
      {R"("$ref": "#/$defs/text", "maxLength": 3)", "/properties/v/maxLength"},
  };
  for (const auto& each : cases) {
    const std::string defs = each.keywords.find("self") != std::string_view::npos
                                 ? R"(, "$defs": {"self": {"$ref": "#/$defs/self"}})"
                                 : R"(, "$defs": {"text": {"type": "string"}})";
    const std::string text = contract_text(R"("properties": {"v": {)" + std::string(each.keywords) +
                                           R"(, "x-calve": {"field-id": 1}}})" + defs);
    const auto contract = Contract::load(text);
    ASSERT_FALSE(contract) << each.keywords;
    EXPECT_EQ(contract.error().kind, ErrorKind::kConfig) << each.keywords;
    EXPECT_THAT(contract.error().message, HasSubstr(std::string(each.pointer) + "\"")) << each.keywords;
  }
}

TEST(SchemaDocumentTest, RefusesColumnsThatDoNotTakeTheType) {
  for (const std::string_view keywords : {
           R"("type": "number", "x-calve": {"field-id": 1, "type": "int"})",
           R"("type": "number", "x-calve": {"field-id": 1, "type": "string"})",
           R"("type": "integer", "x-calve": {"field-id": 1, "type": "double"})",
           R"("type": "string", "x-calve": {"field-id": 1, "type": "double"})",
           R"("type": "string", "x-calve": {"field-id": 1, "type": "uuid"})",
           R"("type": "string", "x-calve": {"field-id": 1, "type": "binary"})",
           R"("type": "boolean", "x-calve": {"field-id": 1, "type": "int"})",
           R"x("type": "string", "x-calve": {"field-id": 1, "type": "decimal(39,2)"})x",
           R"("type": "string", "x-calve": {"field-id": 0})",
           R"("type": "string", "x-calve": {"field-id": 1, "colour": "red"})",
       }) {
    const auto contract =
        Contract::load(contract_text(R"("properties": {"v": {)" + std::string(keywords) + "}}"));
    ASSERT_FALSE(contract) << keywords;
    EXPECT_THAT(contract.error().message, HasSubstr("/properties/v/x-calve")) << keywords;
  }
}

TEST(SchemaDocumentTest, RefusesTextsThatAreNoContract) {
  for (const std::string_view text :
       {"", "[]", "{", R"({"type": "object"})", R"({"x-calve": {}, "type": "object"})"}) {
    EXPECT_FALSE(Contract::load(text)) << text;
  }
  const auto twice =
      Contract::load(contract_text(R"("properties": {"v": {"type": "string", "type": "string"}})"));
  ASSERT_FALSE(twice);
  EXPECT_THAT(twice.error().message, HasSubstr("same key twice"));
}

// An annotation that nothing obeys would be a promise: the table's name is a setting, files are not sorted.
TEST(SchemaDocumentTest, RefusesAnnotationsOfTheStreamThatItDoesNotObey) {
  for (const std::string name : {"table", "sort", "event_time"}) {
    const auto contract =
        Contract::load(contract_text(R"("properties": {"v": {"type": "string", "x-calve": {"field-id": 1}}})",
                                     ", \"" + name + "\": \"v\""));
    ASSERT_FALSE(contract) << name;
    EXPECT_EQ(contract.error().kind, ErrorKind::kConfig) << name;
    EXPECT_THAT(contract.error().message, HasSubstr("/x-calve/" + name + "\"")) << name;
  }
}

TEST(SchemaDocumentTest, RefusesRulesOverWhatIsNoAmount) {
  for (const std::string right :
       {"none", "b", "t", "a +", "a b", "sum(a, a)", "sum(l, a)", "sum(l, x", "", "a * "}) {
    const auto contract = Contract::load(contract_text(
        R"("required": ["a", "t", "l"], "properties": {
             "a": {"type": "integer", "x-calve": {"field-id": 1}},
             "b": {"type": "integer", "x-calve": {"field-id": 2}},
             "t": {"type": "string", "x-calve": {"field-id": 3}},
             "l": {"type": "array", "x-calve": {"field-id": 4, "element-id": 5}, "items": {"type": "object",
               "required": ["x"], "properties": {"x": {"type": "integer", "x-calve": {"field-id": 6}}}}}})",
        R"(, "rules": [{"name": "r", "equal": ["a", ")" + right + "\"]}]"));
    ASSERT_FALSE(contract) << right;
    EXPECT_THAT(contract.error().message, HasSubstr("/x-calve/rules/0/equal/1")) << right;
  }
}

TEST(SchemaDocumentTest, AnnotationsAssertNothing) {
  const auto contract = Contract::load(value_contract_text(
      R"("type": "string", "$comment": "c", "title": "t", "description": "d", "default": 1, "examples": [1],
         "deprecated": true, "readOnly": true, "writeOnly": true, "contentEncoding": "base64",
         "contentMediaType": "text/plain")"));
  ASSERT_TRUE(contract) << contract.error().message;
  EXPECT_EQ(contract->table_schema().fields[0].doc, "d");
}

TEST(SchemaDocumentTest, OrdersTableIsTheOneOfTheDesign) {
  const Contract contract =
      load_or_die(read_file(CALVE_SOURCE_DIR "/contracts/orders.created.v1.schema.json"));
  std::string columns;
  for (const auto& leaf : iceberg::leaves(contract.table_schema())) {
    const auto type = std::visit([](const auto& each) { return iceberg::to_string(each); }, leaf.type);
    columns +=
        leaf.path + " " + type + (leaf.max_definition_level > leaf.max_repetition_level ? "?" : "") + "\n";
  }
  EXPECT_EQ(
      columns,
      "order_id uuid\ncustomer_id string\nemail string\ncreated_at timestamptz\nstatus string\n"
      "channel string\npayment_method string\ncurrency string\nitems.element.sku string\n"
      "items.element.name string\nitems.element.quantity int\nitems.element.unit_price decimal(12, 2)\n"
      "subtotal decimal(12, 2)\ndiscount decimal(12, 2)\nshipping decimal(12, 2)\ntax decimal(12, 2)\n"
      "total decimal(12, 2)\nshipping_address.street string\nshipping_address.city string\n"
      "shipping_address.postal_code string\nshipping_address.country string\ncoupon string?\nnote string?\n"
      "processed_at timestamptz\nsource_partition int\nsource_offset long\nsource_timestamp timestamptz\n");
  ASSERT_EQ(contract.partition_spec().fields.size(), 1u);
  EXPECT_EQ(contract.partition_spec().fields[0].name, "created_at_day");
  EXPECT_EQ(contract.partition_spec().fields[0].source_id, FieldId(4));
}

}  // namespace
}  // namespace calve::contract
