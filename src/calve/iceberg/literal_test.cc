#include "calve/iceberg/literal.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "calve/iceberg/civil_date.h"

namespace calve::iceberg {
namespace {

struct Case {
  PrimitiveType type;
  Literal literal;
  std::string bytes;
  std::string text;
};

constexpr __int128 kTenTo37 = __int128{10'000'000'000'000'000'000ULL} * 1'000'000'000'000'000'000ULL;

std::vector<Case> cases() {
  using namespace std::string_literals;
  using enum PrimitiveKind;
  const Uuid uuid = *parse_uuid("f79c3e09-677c-4bbd-a479-3f349cb785e7");
  return {
      {kBoolean, true, "\x01", "true"},
      {kInt, -2, "\xfe\xff\xff\xff", "-2"},
      {kLong, std::int64_t{258}, "\x02\x01\0\0\0\0\0\0"s, "258"},
      {kFloat, 1.5F, "\0\0\xc0\x3f"s, "1.5"},
      {kDouble, -0.25, "\0\0\0\0\0\0\xd0\xbf"s, "-0.25"},
      {kDate, 20'781, "\x2d\x51\0\0"s, "2026-11-24"},
      {kDate, -719'529, "\x57\x05\xf5\xff", "-001-12-31"},
      {kTime, std::int64_t{500'000}, "\x20\xa1\x07\0\0\0\0\0"s, "00:00:00.500"},
      {kTimestamp, std::int64_t{-1}, std::string(8, '\xff'), "1969-12-31T23:59:59.999999"},
      {kTimestamptz, std::int64_t{120'000}, "\xc0\xd4\x01\0\0\0\0\0"s, "1970-01-01T00:00:00.12+00:00"},
      {kString, std::string("ä"), "ä", "ä"},
      {kUuid, uuid, std::string(uuid.bytes.begin(), uuid.bytes.end()),
       "f79c3e09-677c-4bbd-a479-3f349cb785e7"},
      {kBinary, Binary{"ab"}, "ab", "YWI="},
      {FixedType{3}, Binary{"\xff\xfe\xfd"}, "\xff\xfe\xfd", "//79"},
      {DecimalType{9, 2}, __int128{0}, "\0"s, "0.00"},
      {DecimalType{9, 2}, __int128{127}, "\x7f", "1.27"},
      {DecimalType{9, 2}, __int128{128}, "\0\x80"s, "1.28"},
      {DecimalType{9, 2}, __int128{-128}, "\x80", "-1.28"},
      {DecimalType{9, 2}, __int128{-129}, "\xff\x7f", "-1.29"},
      {DecimalType{9, 0}, __int128{1'000}, "\x03\xe8", "1000"},
      {DecimalType{38, 38}, -kTenTo37, "\xf8\x7a\x0e\x33\x44\x48\x8b\x7d\xb1\x39\xd8\x00\x00\x00\x00\x00"s,
       ""},
  };
}

TEST(LiteralTest, ReadsWhatItWrites) {
  for (const Case& c : cases()) {
    SCOPED_TRACE(to_string(as_type(c.type)) + " " + c.text);
    if (c.text.empty()) {
      EXPECT_EQ(from_binary(to_binary(c.literal, c.type), c.type), Result<Literal>(c.literal));
      continue;
    }
    EXPECT_EQ(to_binary(c.literal, c.type), c.bytes);
    EXPECT_EQ(from_binary(c.bytes, c.type), Result<Literal>(c.literal));
    EXPECT_EQ(to_string(c.literal, c.type), c.text);
    EXPECT_TRUE(is_value_of(c.literal, c.type));
  }
  EXPECT_EQ(to_string(std::nullopt, PrimitiveKind::kInt), "null");
}

TEST(LiteralTest, ReadsBoundsFromBeforeAWidening) {
  EXPECT_EQ(from_binary("\xfe\xff\xff\xff", PrimitiveKind::kLong), Result<Literal>(std::int64_t{-2}));
  EXPECT_EQ(from_binary(std::string("\0\0\xc0\x3f", 4), PrimitiveKind::kDouble), Result<Literal>(1.5));
}

TEST(LiteralTest, RefusesBytesOfAnotherLength) {
  for (const Case& c : cases()) {
    if (c.type == PrimitiveType(PrimitiveKind::kString) || c.type == PrimitiveType(PrimitiveKind::kBinary))
      continue;
    SCOPED_TRACE(to_string(as_type(c.type)));
    for (const std::string& bytes : {std::string(), std::string(17, '\1')}) {
      const auto literal = from_binary(bytes, c.type);
      ASSERT_FALSE(literal) << bytes.size();
      EXPECT_EQ(literal.error().kind, ErrorKind::kInvalidData);
    }
  }
}

TEST(LiteralTest, HoldsADecimalToItsPrecision) {
  EXPECT_TRUE(from_binary("\x03\xe7", DecimalType{3, 0}));
  EXPECT_THAT(from_binary("\x03\xe8", DecimalType{3, 1}).error().message,
              testing::HasSubstr("100.0 for decimal(3, 1)"));
  EXPECT_FALSE(is_value_of(Literal(1), DecimalType{3, 0}));
  EXPECT_FALSE(is_value_of(Literal(Binary{"ab"}), FixedType{3}));
  EXPECT_FALSE(is_value_of(Literal(std::int64_t{1}), PrimitiveKind::kInt));
}

TEST(CivilDateTest, HoldsOverTheWholeRange) {
  EXPECT_EQ(civil_date(0), (CivilDate{1970, 1, 1}));
  EXPECT_EQ(civil_date(11'016), (CivilDate{2000, 2, 29}));
  EXPECT_EQ(civil_date(-719'468), (CivilDate{0, 3, 1}));
  EXPECT_EQ(civil_date(std::numeric_limits<std::int32_t>::max()), (CivilDate{5'881'580, 7, 11}));
  EXPECT_EQ(civil_date(std::numeric_limits<std::int32_t>::min()), (CivilDate{-5'877'641, 6, 23}));
}

}  // namespace
}  // namespace calve::iceberg
