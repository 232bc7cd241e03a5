#include "calve/iceberg/schema_evolution.h"

#include <functional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace calve::iceberg {
namespace {

using ::testing::HasSubstr;

NestedField field(int id, std::string name, Type type, Presence presence = Presence::kOptional) {
  return {.id = FieldId(id), .name = std::move(name), .type = std::move(type), .presence = presence};
}

Schema orders() {
  const StructType item{{field(6, "sku", PrimitiveKind::kString), field(7, "quantity", PrimitiveKind::kInt)}};
  const MapType tags{.key_id = FieldId(8),
                     .key = PrimitiveKind::kInt,
                     .value_id = FieldId(9),
                     .value = PrimitiveKind::kFloat};
  return {.fields = {field(1, "id", PrimitiveKind::kLong, Presence::kRequired),
                     field(2, "note", PrimitiveKind::kString), field(3, "total", DecimalType(12, 2)),
                     field(4, "items", Nested(ListType{.element_id = FieldId(5), .element = Nested(item)})),
                     field(10, "tags", Nested(tags))}};
}

TableMetadata table() {
  return make_table_metadata({.location = "file:/t", .schema = orders()});
}

std::vector<NestedField>& item_fields(Schema& schema) {
  auto& list = std::get<Nested<ListType>>(schema.fields[3].type);
  return std::get<Nested<StructType>>(list->element)->fields;
}

MapType& tags(Schema& schema) {
  return *std::get<Nested<MapType>>(schema.fields[4].type);
}

struct Change {
  const char* name;
  std::function<void(Schema&)> wanted;
  const char* says = "";  // of a refusal
};

TEST(Evolve, TakesCompatibleChanges) {
  const Change kChanges[] = {
      {"new field", [](Schema& s) { s.fields.push_back(field(11, "coupon", PrimitiveKind::kString)); }},
      {"new field in a list's struct",
       [](Schema& s) { item_fields(s).push_back(field(11, "size", PrimitiveKind::kInt)); }},
      {"int to long", [](Schema& s) { item_fields(s)[1].type = PrimitiveKind::kLong; }},
      {"float to double", [](Schema& s) { tags(s).value = PrimitiveKind::kDouble; }},
      {"more digits", [](Schema& s) { s.fields[2].type = DecimalType(18, 2); }},
      {"required to optional", [](Schema& s) { s.fields[0].presence = Presence::kOptional; }},
      {"doc", [](Schema& s) { s.fields[1].doc = "What the customer said."; }},
  };
  for (const auto& change : kChanges) {
    Schema wanted = orders();
    change.wanted(wanted);
    const auto updates = evolve(table(), wanted);
    ASSERT_TRUE(updates) << change.name << ": " << updates.error().message;
    ASSERT_EQ(updates->size(), 2u) << change.name;
    EXPECT_EQ(std::get<AddSchema>(updates->at(0)).schema.fields, wanted.fields) << change.name;

    const auto evolved = apply(table(), *updates, timestamp_from_micros(0));
    ASSERT_TRUE(evolved) << change.name << ": " << evolved.error().message;
    EXPECT_EQ(current_schema(*evolved).fields, wanted.fields) << change.name;
    EXPECT_EQ(current_schema(*evolved).id, SchemaId(1)) << change.name;
    EXPECT_EQ(evolve(*evolved, wanted), std::vector<TableUpdate>{}) << change.name;
  }
}

TEST(Evolve, ChangesNothingForTheSameFieldsInAnotherOrder) {
  Schema wanted = orders();
  std::swap(wanted.fields[0], wanted.fields[2]);
  EXPECT_EQ(evolve(table(), wanted), std::vector<TableUpdate>{});
}

TEST(Evolve, KeepsTheTablesDocAndUnknownMembers) {
  Schema schema = orders();
  schema.fields[1].doc = "kept";
  schema.fields[1].unknown_members = {{"write-default", "\"x\""}};
  const auto metadata = make_table_metadata({.location = "file:/t", .schema = schema});
  EXPECT_EQ(evolve(metadata, orders()), std::vector<TableUpdate>{});
}

TEST(Evolve, RefusesTheRestAndNamesTheField) {
  const Change kChanges[] = {
      {"gone", [](Schema& s) { s.fields.erase(s.fields.begin() + 1); }, "Field: note"},
      {"gone in a struct", [](Schema& s) { item_fields(s).pop_back(); }, "Field: items.element.quantity"},
      {"renamed", [](Schema& s) { s.fields[1].name = "remark"; }, "note in the table and remark"},
      {"narrowed", [](Schema& s) { s.fields[0].type = PrimitiveKind::kInt; }, "long in the table and int"},
      {"fewer digits", [](Schema& s) { s.fields[2].type = DecimalType(10, 2); }, "Field: total"},
      {"other scale", [](Schema& s) { s.fields[2].type = DecimalType(14, 4); }, "decimal(14, 4)"},
      {"int to double", [](Schema& s) { item_fields(s)[1].type = PrimitiveKind::kDouble; },
       "Field: items.element.quantity"},
      {"primitive to struct", [](Schema& s) { s.fields[1].type = Nested(StructType{}); },
       "string in the table"},
      {"optional to required", [](Schema& s) { s.fields[1].presence = Presence::kRequired; }, "Field: note"},
      {"element to required",
       [](Schema& s) {
         std::get<Nested<ListType>>(s.fields[3].type)->element_presence = Presence::kRequired;
       },
       "Field: items.element"},
      {"element under another id",
       [](Schema& s) { std::get<Nested<ListType>>(s.fields[3].type)->element_id = FieldId(15); },
       "5 in the table"},
      {"other key", [](Schema& s) { tags(s).key = PrimitiveKind::kLong; }, "Field: tags.key"},
      {"new required field",
       [](Schema& s) {
         s.fields.push_back(field(11, "coupon", PrimitiveKind::kString, Presence::kRequired));
       },
       "must be optional"},
      {"new field under a used id",
       [](Schema& s) {
         s.fields.push_back(
             field(11, "more", Nested(ListType{.element_id = FieldId(9), .element = PrimitiveKind::kInt})));
       },
       "above 10"},
      {"new field of a used name",
       [](Schema& s) { s.fields.push_back(field(11, "note", PrimitiveKind::kInt)); },
       "another field of that name"},
      {"other identifier", [](Schema& s) { s.identifier_field_ids = {FieldId(1)}; }, "identifier"},
  };
  for (const auto& change : kChanges) {
    Schema wanted = orders();
    change.wanted(wanted);
    const auto updates = evolve(table(), wanted);
    ASSERT_FALSE(updates) << change.name;
    EXPECT_EQ(updates.error().kind, ErrorKind::kConfig) << change.name;
    EXPECT_THAT(updates.error().message, HasSubstr(change.says)) << change.name;
  }
}

TEST(Evolve, NeverTakesTheIdOfADroppedField) {
  TableMetadata metadata = table();
  metadata.last_column_id = FieldId(11);  // a field 11 was there once
  Schema wanted = orders();
  wanted.fields.push_back(field(11, "coupon", PrimitiveKind::kString));
  EXPECT_FALSE(evolve(metadata, wanted));
  wanted.fields.back().id = FieldId(12);
  EXPECT_TRUE(evolve(metadata, wanted));
}

}  // namespace
}  // namespace calve::iceberg
