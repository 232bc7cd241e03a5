#include "calve/datafile/encoding.h"

#include <gtest/gtest.h>

namespace calve::datafile {
namespace {

using iceberg::PrimitiveKind;

template <class T, class Make>
batch::Column column(std::size_t count, Make make) {
  std::vector<T> values(count);
  for (std::size_t i = 0; i < count; ++i)
    values[i] = static_cast<T>(make(i));
  return {.values = std::move(values)};
}

TEST(EncodingTest, FollowsWhatTheFirstRowsShow) {
  const auto unique = [](std::size_t i) { return static_cast<std::int64_t>(i * 7919); };
  const auto repeating = [](std::size_t i) { return static_cast<std::int64_t>(i % 5); };
  struct Case {
    const char* name;
    iceberg::PrimitiveType type;
    batch::Column first_rows;
    ColumnEncoding portable;
    ColumnEncoding delta;
  };
  const Case cases[] = {
      {"unique longs", PrimitiveKind::kLong, column<std::int64_t>(500, unique), ColumnEncoding::kPlain,
       ColumnEncoding::kDeltaBinaryPacked},
      {"repeating longs", PrimitiveKind::kLong, column<std::int64_t>(500, repeating),
       ColumnEncoding::kDictionary, ColumnEncoding::kDictionary},
      {"few rows", PrimitiveKind::kInt, column<std::int32_t>(10, repeating), ColumnEncoding::kPlain,
       ColumnEncoding::kDeltaBinaryPacked},
      {"no rows", PrimitiveKind::kDouble, column<double>(0, unique), ColumnEncoding::kPlain,
       ColumnEncoding::kPlain},
      {"unique decimals", iceberg::DecimalType{.precision = 12, .scale = 2},
       column<std::int64_t>(500, unique), ColumnEncoding::kPlain, ColumnEncoding::kDeltaBinaryPacked},
      {"big decimals", iceberg::DecimalType{.precision = 30, .scale = 2}, column<batch::Int128>(500, unique),
       ColumnEncoding::kPlain, ColumnEncoding::kPlain},
      {"repeating booleans", PrimitiveKind::kBoolean,
       column<std::uint8_t>(500, [](std::size_t i) { return i % 2; }), ColumnEncoding::kPlain,
       ColumnEncoding::kPlain},
      {"few strings", PrimitiveKind::kString, batch::Column{.values = std::vector<std::string_view>(3, "a")},
       ColumnEncoding::kPlain, ColumnEncoding::kDeltaLengthByteArray},
      {"one string", PrimitiveKind::kString, batch::Column{.values = std::vector<std::string_view>(500, "a")},
       ColumnEncoding::kDictionary, ColumnEncoding::kDictionary},
      {"one uuid", PrimitiveKind::kUuid, batch::Column{.values = std::vector<Uuid>(500)},
       ColumnEncoding::kDictionary, ColumnEncoding::kDictionary},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(choose_encoding(c.type, c.first_rows, EncodingSet::kPortable), c.portable) << c.name;
    EXPECT_EQ(choose_encoding(c.type, c.first_rows, EncodingSet::kDelta), c.delta) << c.name;
  }
}

}  // namespace
}  // namespace calve::datafile
