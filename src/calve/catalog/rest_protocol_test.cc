#include "calve/catalog/rest_protocol.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "calve/catalog/table_change_reader.h"
#include "calve/storage/store_under_test.h"

namespace calve::catalog {
namespace {

using storage::error_kind;
using testing::HasSubstr;
using testing::Not;

TEST(RestConfigTest, OverridesComeBeforeDefaults) {
  const auto config = *parse_rest_config(R"({"defaults":{"prefix":"low","s3.endpoint":"http://s3"},
      "overrides":{"prefix":"/high/","namespace-separator":"%2E"}})");
  EXPECT_EQ(config.prefix, "high");
  EXPECT_EQ(config.namespace_separator, "%2E");
  EXPECT_EQ(config.defaults.at("s3.endpoint"), "http://s3");
  EXPECT_EQ(table_path(config, {{"a", "b"}, "t"}), "v1/high/namespaces/a%2Eb/tables/t");
  EXPECT_EQ(register_path(config, {"a"}), "v1/high/namespaces/a/register");
}

TEST(RestConfigTest, WithoutAListEveryRouteIsServed) {
  EXPECT_EQ(parse_rest_config("{}")->routes.size(), 5U);
  EXPECT_EQ(parse_rest_config(R"({"endpoints":null})")->routes.size(), 5U);
  EXPECT_EQ(parse_rest_config(R"({"endpoints":[]})")->routes.size(), 0U);
  EXPECT_EQ(
      parse_rest_config(R"({"endpoints":["GET /v1/{prefix}/namespaces","POST /v1/{prefix}/namespaces"]})")
          ->routes,
      std::set<RestRoute>{RestRoute::kCreateNamespace});
}

TEST(RestConfigTest, WhatIsNotOfTheProtocolIsRefused) {
  for (const char* json : {"", "[]", "<html>", R"({"overrides":[]})", R"({"defaults":{"prefix":1}})",
                           R"({"endpoints":"all"})", R"({"idempotency-key-lifetime":1})"}) {
    EXPECT_EQ(error_kind(parse_rest_config(json)), ErrorKind::kInvalidData) << json;
  }
}

TEST(RestPathTest, NamesAreEncoded) {
  const RestConfig plain;
  EXPECT_EQ(namespaces_path(plain), "v1/namespaces");
  EXPECT_EQ(tables_path(plain, {"ä", "x/y"}), "v1/namespaces/%C3%A4%1Fx%2Fy/tables");
}

TEST(RestErrorTest, TheCatalogsWordsAreQuotedWithinBounds) {
  const std::string long_text(10'000, 'x');
  const Error error =
      rest_error({.status = 409,
                  .body = R"({"error":{"type":"CommitFailedException","message":"a\nb\u001b[31m)" +
                          long_text + R"(","code":409,"stack":["secret stack"]}})"},
                 "POST http://c/v1/t");
  EXPECT_EQ(error.kind, ErrorKind::kFenced);
  EXPECT_THAT(error.message, HasSubstr("HTTP 409 CommitFailedException a b [31mxxx"));
  EXPECT_THAT(error.message, HasSubstr("POST http://c/v1/t"));
  EXPECT_THAT(error.message, Not(HasSubstr("stack")));
  EXPECT_LT(error.message.size(), 500U);
  for (const char* body : {"", "<html>", "[]", R"({"error":"text"})", R"({"error":{"message":1}})"}) {
    EXPECT_THAT(rest_error({.status = 404, .body = body}, "GET x").message, HasSubstr("HTTP 404: GET x"))
        << body;
  }
}

TEST(RestTableTest, AnAnswerWithoutMetadataIsRefused) {
  for (const char* json : {"", "{}", R"({"metadata":{}})", R"({"metadata":null})"}) {
    EXPECT_EQ(error_kind(parse_rest_table(json)), ErrorKind::kInvalidData) << json;
  }
}

TEST(RestTableTest, WhatMakesATableIsReadBack) {
  const iceberg::NewTable first{
      .location = "s3://b/t",
      .schema = {.fields = {{.id = FieldId(1), .name = "n", .type = iceberg::PrimitiveKind::kLong}}},
      .spec = {.fields = {{.source_id = FieldId(1),
                           .field_id = FieldId(1000),
                           .name = "n",
                           .transform = iceberg::SimpleTransform::kIdentity}}},
      .properties = {{"a", "b"}}};
  const auto request = *read_create_table(create_table_json("t", first, Staging::kNone));
  EXPECT_EQ(request.name, "t");
  EXPECT_EQ(request.table.location, "s3://b/t");
  EXPECT_EQ(request.table.schema, first.schema);
  EXPECT_EQ(request.table.spec, first.spec);
  EXPECT_EQ(request.table.properties, (Properties{{"a", "b"}, {"format-version", "2"}}));

  iceberg::NewTable elsewhere = first;
  elsewhere.location.clear();
  EXPECT_THAT(create_table_json("t", elsewhere, Staging::kNone), Not(HasSubstr("location")));
}

TEST(AssertBaseTest, AsksForTheTableAndItsHeadUnlessTheChangeDoes) {
  iceberg::TableMetadata base{.table_uuid = random_uuid(), .current_snapshot_id = SnapshotId(7)};
  const iceberg::AssertTableUuid uuid{*base.table_uuid};
  const iceberg::AssertRefSnapshotId head{iceberg::kMainBranch, SnapshotId(7)};
  EXPECT_EQ(assert_base({}, base).requirements, (std::vector<iceberg::TableRequirement>{uuid, head}));

  const iceberg::TableChange asking{
      .requirements = {iceberg::AssertRefSnapshotId{iceberg::kMainBranch, SnapshotId(6)}, uuid}};
  EXPECT_EQ(assert_base(asking, base), asking);

  const iceberg::TableChange of_a_tag{.requirements = {iceberg::AssertRefSnapshotId{"tag", SnapshotId(6)}}};
  EXPECT_EQ(assert_base(of_a_tag, base).requirements.size(), 3U);
}

}  // namespace
}  // namespace calve::catalog
