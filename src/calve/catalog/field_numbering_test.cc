#include "calve/catalog/field_numbering.h"

#include <gtest/gtest.h>

namespace calve::catalog {
namespace {

using iceberg::NestedField;
using iceberg::PrimitiveKind;

NestedField field(std::int32_t id, iceberg::Type type = PrimitiveKind::kLong) {
  return {.id = FieldId(id), .name = std::to_string(id), .type = std::move(type)};
}

iceberg::Type of_struct(std::vector<NestedField> fields) {
  return iceberg::Nested(iceberg::StructType{std::move(fields)});
}
iceberg::Type of_list(std::int32_t element_id, iceberg::Type element) {
  return iceberg::Nested(iceberg::ListType{FieldId(element_id), std::move(element)});
}
iceberg::Type of_map(std::int32_t key_id, std::int32_t value_id, iceberg::Type value) {
  return iceberg::Nested(
      iceberg::MapType{FieldId(key_id), PrimitiveKind::kString, FieldId(value_id), std::move(value)});
}

TEST(FieldNumberingTest, AStructsOwnFieldsComeBeforeWhatIsInThem) {
  struct Case {
    const char* name;
    std::vector<NestedField> fields;
    bool expected;
  };
  for (const auto& [name, fields, expected] : std::vector<Case>{
           {"flat", {field(1), field(2)}, true},
           {"none", {}, true},
           {"from 2", {field(2)}, false},
           {"a gap", {field(1), field(3)}, false},
           {"swapped", {field(2), field(1)}, false},
           {"a struct", {field(1, of_struct({field(3), field(4)})), field(2)}, true},
           {"depth first", {field(1, of_struct({field(2), field(3)})), field(4)}, false},
           {"two structs", {field(1, of_struct({field(3)})), field(2, of_struct({field(4)}))}, true},
           {"structs swapped", {field(1, of_struct({field(4)})), field(2, of_struct({field(3)}))}, false},
           {"a list", {field(1, of_list(3, of_struct({field(4)}))), field(2)}, true},
           {"a list inside out", {field(1, of_list(4, of_struct({field(3)}))), field(2)}, false},
           {"a map", {field(1, of_map(2, 3, of_struct({field(4)})))}, true},
           {"a map swapped", {field(1, of_map(3, 2, of_struct({field(4)})))}, false}}) {
    EXPECT_EQ(is_numbered_afresh({.fields = fields}), expected) << name;
  }
}

}  // namespace
}  // namespace calve::catalog
