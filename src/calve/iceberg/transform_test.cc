#include <fstream>
#include <iterator>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "calve/iceberg/murmur3.h"
#include "calve/iceberg/partition_spec.h"

namespace calve::iceberg {
namespace {

nlohmann::json golden() {
  std::ifstream file(CALVE_SOURCE_DIR "/tests/interop/golden/transforms.json");
  return nlohmann::json::parse(file);
}

std::string from_hex(std::string_view hex) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
  }
  return bytes;
}

PrimitiveType type_of(const nlohmann::json& vector) {
  const auto type = parse_primitive_type(vector.at("type").get<std::string>());
  EXPECT_TRUE(type) << vector;
  return *as_primitive(*type);
}

OptionalLiteral value_of(const nlohmann::json& hex, const PrimitiveType& type) {
  if (hex.is_null()) return std::nullopt;
  const auto literal = from_binary(from_hex(hex.get<std::string>()), type);
  EXPECT_TRUE(literal) << hex;
  return *literal;
}

TEST(TransformTest, AgreesWithJavaOnEveryVector) {
  const nlohmann::json vectors = golden().at("vectors");
  ASSERT_GE(vectors.size(), 300U);
  for (const nlohmann::json& vector : vectors) {
    SCOPED_TRACE(vector.dump());
    const PrimitiveType source = type_of(vector);
    const Transform transform = parse_transform(vector.at("transform").get<std::string>());
    EXPECT_EQ(to_string(transform), vector.at("transform"));
    const auto type = result_type(transform, source);
    ASSERT_TRUE(type) << type.error().message;
    const OptionalLiteral result = apply(transform, source, value_of(vector.at("value_hex"), source));
    EXPECT_EQ(result, value_of(vector.at("result_hex"), *type));
    EXPECT_EQ(partition_text(transform, *type, result), vector.at("text"));
  }
}

TEST(TransformTest, AgreesWithAppendixBOnEveryHash) {
  // One bucket more than any 31-bit hash shows the whole hash.
  constexpr std::int32_t kBuckets = 2'147'483'647;
  const nlohmann::json hashes = golden().at("hashes");
  ASSERT_EQ(hashes.size(), 13U);
  for (const nlohmann::json& vector : hashes) {
    const PrimitiveType source = type_of(vector);
    const std::int32_t hash = vector.at("hash");
    EXPECT_EQ(apply(BucketTransform{kBuckets}, source, value_of(vector.at("value_hex"), source)),
              OptionalLiteral(static_cast<std::int32_t>((hash & 0x7fff'ffff) % kBuckets)))
        << vector;
  }
}

TEST(TransformTest, RefusesWhatJavaRefuses) {
  const nlohmann::json refused = golden().at("refused");
  ASSERT_EQ(refused.size(), 70U);
  for (const nlohmann::json& pair : refused) {
    const auto type = result_type(parse_transform(pair.at("transform").get<std::string>()), type_of(pair));
    ASSERT_FALSE(type) << pair;
    EXPECT_EQ(type.error().kind, ErrorKind::kConfig) << pair;
  }
}

TEST(TransformTest, KeepsTheTextOfWhatItDoesNotKnow) {
  for (const char* text : {"", "zorder", "bucket", "bucket[]", "bucket[0]", "bucket[-1]", "bucket[4",
                           "bucket[4]x", "bucket[4294967297]", "truncate[ 3]", "Identity"}) {
    EXPECT_EQ(parse_transform(text), Transform(UnknownTransform{text})) << text;
    EXPECT_EQ(to_string(parse_transform(text)), text);
    EXPECT_EQ(result_type(parse_transform(text), PrimitiveKind::kInt).error().kind, ErrorKind::kConfig)
        << text;
  }
}

TEST(TransformTest, TruncatesNextToTheMinimumWithoutOverflow) {
  constexpr auto kMin = std::numeric_limits<std::int64_t>::min();
  EXPECT_EQ(apply(TruncateTransform{10}, PrimitiveKind::kLong, Literal(kMin)),
            OptionalLiteral(Literal(std::numeric_limits<std::int64_t>::max() - 1)));
}

TEST(Murmur3Test, HashesTailsOfEveryLength) {
  // Reference values of the public-domain original.
  EXPECT_EQ(murmur3_x86_32(""), 0U);
  EXPECT_EQ(murmur3_x86_32("", 1), 0x514E28B7U);
  EXPECT_EQ(murmur3_x86_32("a", 0x9747b28c), 0x7FA09EA6U);
  EXPECT_EQ(murmur3_x86_32("aa", 0x9747b28c), 0x5D211726U);
  EXPECT_EQ(murmur3_x86_32("aaa", 0x9747b28c), 0x283E0130U);
  EXPECT_EQ(murmur3_x86_32("aaaa", 0x9747b28c), 0x5A97808AU);
}

Schema orders_schema() {
  return {.fields = {
              {.id = FieldId(1), .name = "created at", .type = PrimitiveKind::kTimestamptz},
              {.id = FieldId(2), .name = "channel", .type = PrimitiveKind::kString},
              {.id = FieldId(3), .name = "item", .type = StructType{}},
          }};
}

TEST(PartitionPathTest, EncodesNamesAndValuesAsJavaDoes) {
  const PartitionSpec spec{.fields = {{FieldId(1), FieldId(1000), "created at_hour", SimpleTransform::kHour},
                                      {FieldId(2), FieldId(1001), "channel", SimpleTransform::kIdentity},
                                      {FieldId(2), FieldId(1002), "none", SimpleTransform::kVoid}}};
  const auto type = partition_type(spec, orders_schema());
  ASSERT_TRUE(type);
  EXPECT_EQ(partition_path(spec, *type, {Literal(-1), Literal("a b/c=d*é"), std::nullopt}),
            "created+at_hour=1969-12-31-23/channel=a+b%2Fc%3Dd*%C3%A9/none=null");
  EXPECT_EQ(partition_path({}, {}, {}), "");
}

TEST(PartitionTypeTest, NamesWhatIsWrong) {
  struct Case {
    FieldId source;
    Transform transform;
    const char* message;
  };
  const Case cases[] = {{FieldId(9), SimpleTransform::kDay, "not in the schema"},
                        {FieldId(3), SimpleTransform::kIdentity, "not of a primitive type"},
                        {FieldId(2), SimpleTransform::kDay, "does not take its source's type"}};
  for (const auto& [source, transform, message] : cases) {
    const auto type = partition_type({.fields = {{source, FieldId(1000), "f", transform}}}, orders_schema());
    ASSERT_FALSE(type) << message;
    EXPECT_EQ(type.error().kind, ErrorKind::kConfig);
    EXPECT_THAT(type.error().message, testing::HasSubstr(message));
  }
  EXPECT_TRUE(partition_type({.fields = {{FieldId(9), FieldId(1000), "f", SimpleTransform::kVoid}}},
                             orders_schema()));
}

}  // namespace
}  // namespace calve::iceberg
