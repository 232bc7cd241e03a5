#include "calve/catalog/glue_columns.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "calve/base/uuid.h"

namespace calve::catalog {
namespace {

using iceberg::PrimitiveKind;
using iceberg::Type;

TEST(GlueColumnsTest, TypesAreHives) {
  const Type address = iceberg::Nested(
      iceberg::StructType{{{.id = FieldId(2), .name = "city", .type = PrimitiveKind::kString},
                           {.id = FieldId(3), .name = "since", .type = PrimitiveKind::kDate}}});
  const std::pair<Type, const char*> cases[] = {
      {PrimitiveKind::kBoolean, "boolean"},
      {PrimitiveKind::kInt, "int"},
      {PrimitiveKind::kLong, "bigint"},
      {PrimitiveKind::kFloat, "float"},
      {PrimitiveKind::kDouble, "double"},
      {PrimitiveKind::kTime, "string"},
      {PrimitiveKind::kTimestamp, "timestamp"},
      {PrimitiveKind::kTimestamptz, "timestamp"},
      {PrimitiveKind::kUuid, "string"},
      {PrimitiveKind::kBinary, "binary"},
      {iceberg::DecimalType{12, 2}, "decimal(12,2)"},
      {iceberg::FixedType{16}, "binary"},
      {address, "struct<city:string,since:date>"},
      {iceberg::Nested(iceberg::ListType{.element_id = FieldId(4), .element = address}),
       "array<struct<city:string,since:date>>"},
      {iceberg::Nested(iceberg::MapType{.key_id = FieldId(5),
                                        .key = PrimitiveKind::kString,
                                        .value_id = FieldId(6),
                                        .value = PrimitiveKind::kLong}),
       "map<string,bigint>"},
  };
  for (const auto& [type, expected] : cases)
    EXPECT_EQ(hive_type(type), expected) << iceberg::to_string(type);
}

TEST(GlueColumnsTest, ColumnsThatOnlyAnEarlierSchemaHasComeLast) {
  iceberg::TableMetadata table = iceberg::make_table_metadata(
      {.uuid = random_uuid(),
       .location = "memory://t",
       .schema = {.fields = {{.id = FieldId(1), .name = "old", .type = PrimitiveKind::kInt},
                             {.id = FieldId(2),
                              .name = "kept",
                              .type = PrimitiveKind::kString,
                              .presence = iceberg::Presence::kRequired,
                              .doc = "stays"}}}});
  table.schemas.push_back({.id = iceberg::SchemaId(1), .fields = {table.schemas[0].fields[1]}});
  table.current_schema_id = iceberg::SchemaId(1);
  EXPECT_EQ(glue_columns(table), nlohmann::json::parse(R"([
      {"Name": "kept", "Type": "string", "Comment": "stays", "Parameters":
       {"iceberg.field.id": "2", "iceberg.field.optional": "false", "iceberg.field.current": "true"}},
      {"Name": "old", "Type": "int", "Parameters":
       {"iceberg.field.id": "1", "iceberg.field.optional": "true", "iceberg.field.current": "false"}}])"));
}

}  // namespace
}  // namespace calve::catalog
