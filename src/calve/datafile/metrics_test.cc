// What a file's DataFile says of its columns, and that Arrow reads the same values back.

#include "calve/datafile/metrics.h"

#include <cmath>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "calve/datafile/read_back.h"
#include "calve/datafile/writer.h"
#include "calve/iceberg/literal.h"
#include "calve/storage/memory_store.h"

namespace calve::datafile {
namespace {

using iceberg::Literal;
using iceberg::PrimitiveKind;

constexpr auto kPath = "memory://table/data/1.parquet";
constexpr FieldId kField(1);

struct Written {
  iceberg::DataFile file;
  std::shared_ptr<arrow::Table> table;
};

Written write(const iceberg::Schema& schema, const std::vector<batch::ColumnBatch>& batches,
              WriterOptions options = {}) {
  storage::MemoryStore store;
  const FileSchema file_schema = make_file_schema(schema);
  auto writer = Writer::open(store, {.path = kPath}, file_schema, options);
  for (const auto& batch : batches) {
    const auto appended = writer->append(batch);
    EXPECT_TRUE(appended.has_value()) << appended.error().message;
  }
  auto file = writer->close();
  EXPECT_TRUE(file.has_value()) << file.error().message;
  auto table = read_table(*store.read(kPath));
  EXPECT_TRUE(table->ValidateFull().ok());
  return {*std::move(file), std::move(table)};
}

iceberg::Schema one_optional(const iceberg::PrimitiveType& type) {
  return {
      .fields = {
          {.id = kField, .name = "c", .type = std::visit([](auto t) -> iceberg::Type { return t; }, type)}}};
}

// Null, then the values.
batch::ColumnBatch one_null_and(batch::Values values) {
  const std::size_t count = std::visit([](const auto& v) { return v.size(); }, values);
  std::vector<std::int16_t> levels(count + 1, 1);
  levels[0] = 0;
  return {.row_count = count + 1,
          .columns = {
              {.field = kField, .max_definition_level = 1, .definition_levels = levels, .values = values}}};
}

TEST(MetricsTest, BoundsEveryType) {
  using std::string_view;
  const auto decimal = [](int precision) { return iceberg::DecimalType{.precision = precision, .scale = 2}; };
  constexpr __int128 kBig = static_cast<__int128>(1) << 90;
  const Uuid low{.bytes = {0x7F}};
  const Uuid high{.bytes = {0x80}};
  struct Case {
    iceberg::PrimitiveType type;
    batch::Values values;
    Literal min;
    Literal max;
  };
  const Case cases[] = {
      {PrimitiveKind::kBoolean, std::vector<std::uint8_t>{1, 0}, false, true},
      {PrimitiveKind::kInt, std::vector<std::int32_t>{3, -4}, -4, 3},
      {PrimitiveKind::kDate, std::vector<std::int32_t>{20'000, 19'000}, 19'000, 20'000},
      {PrimitiveKind::kLong, std::vector<std::int64_t>{1, -(1LL << 40)}, std::int64_t{-(1LL << 40)},
       std::int64_t{1}},
      {PrimitiveKind::kTime, std::vector<std::int64_t>{5, 7}, std::int64_t{5}, std::int64_t{7}},
      {PrimitiveKind::kTimestamp, std::vector<std::int64_t>{5, -7}, std::int64_t{-7}, std::int64_t{5}},
      {PrimitiveKind::kTimestamptz, std::vector<std::int64_t>{5, -7}, std::int64_t{-7}, std::int64_t{5}},
      {PrimitiveKind::kFloat, std::vector<float>{1.5F, -2.5F}, -2.5F, 1.5F},
      {PrimitiveKind::kDouble, std::vector<double>{1.5, -2.5}, -2.5, 1.5},
      {decimal(9), std::vector<std::int64_t>{-100, 250}, __int128{-100}, __int128{250}},
      {decimal(18), std::vector<std::int64_t>{-100, 250}, __int128{-100}, __int128{250}},
      {decimal(30), std::vector<batch::Int128>{-kBig, kBig, 5}, -kBig, kBig},
      {PrimitiveKind::kString, std::vector<string_view>{"b", "\xC3\xA4"}, std::string("b"),
       std::string("\xC3\xA4")},
      {PrimitiveKind::kBinary, std::vector<string_view>{"\x01", "\xFF"}, iceberg::Binary{"\x01"},
       iceberg::Binary{"\xFF"}},
      {iceberg::FixedType{.length_bytes = 2}, std::vector<string_view>{"bb", "aa"}, iceberg::Binary{"aa"},
       iceberg::Binary{"bb"}},
      {PrimitiveKind::kUuid, std::vector<Uuid>{high, low}, low, high},
  };
  for (const Case& c : cases) {
    const std::string name = std::visit([](auto t) { return iceberg::to_string(iceberg::Type(t)); }, c.type);
    SCOPED_TRACE(name);
    const auto batch = one_null_and(c.values);
    const auto [file, table] = write(one_optional(c.type), {batch});
    EXPECT_EQ(file.value_counts.at(kField), static_cast<std::int64_t>(batch.row_count));
    EXPECT_EQ(file.null_value_counts.at(kField), 1);
    EXPECT_GT(file.column_sizes.at(kField), 0);
    EXPECT_EQ(file.lower_bounds.at(kField), iceberg::to_binary(c.min, c.type));
    EXPECT_EQ(file.upper_bounds.at(kField), iceberg::to_binary(c.max, c.type));
    EXPECT_EQ(table->column(0)->null_count(), 1);
  }
}

TEST(MetricsTest, NullsAloneHaveNoBounds) {
  const auto [file, table] =
      write(one_optional(PrimitiveKind::kString), {one_null_and(std::vector<std::string_view>{})});
  EXPECT_EQ(file.null_value_counts.at(kField), 1);
  EXPECT_FALSE(file.lower_bounds.contains(kField));
  EXPECT_FALSE(file.upper_bounds.contains(kField));
  EXPECT_FALSE(file.nan_value_counts.contains(kField));
}

TEST(MetricsTest, CountsNanAndLeavesItOutOfBounds) {
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
  const auto alone =
      write(one_optional(PrimitiveKind::kDouble), {one_null_and(std::vector<double>{kNan, kNan})}).file;
  EXPECT_EQ(alone.nan_value_counts.at(kField), 2);
  EXPECT_FALSE(alone.lower_bounds.contains(kField));

  // In row groups of their own, so that one group has no bounds.
  const auto mixed =
      write(one_optional(PrimitiveKind::kDouble),
            {one_null_and(std::vector<double>{kNan}), one_null_and(std::vector<double>{2, kNan, -1})},
            {.row_group_bytes_max = 1})
          .file;
  EXPECT_THAT(mixed.split_offsets, testing::SizeIs(2));
  EXPECT_EQ(mixed.nan_value_counts.at(kField), 2);
  EXPECT_EQ(mixed.value_counts.at(kField), 6);
  EXPECT_EQ(mixed.lower_bounds.at(kField), iceberg::to_binary(-1.0, PrimitiveKind::kDouble));
  EXPECT_EQ(mixed.upper_bounds.at(kField), iceberg::to_binary(2.0, PrimitiveKind::kDouble));
}

TEST(MetricsTest, BoundsSpanRowGroupsAndAreCut) {
  const std::string least = "a" + std::string(100, 'm');
  const std::string greatest = "z" + std::string(100, 'm');
  const auto file = write(one_optional(PrimitiveKind::kString),
                          {one_null_and(std::vector<std::string_view>{"k", greatest}),
                           one_null_and(std::vector<std::string_view>{least, "l"})},
                          {.row_group_bytes_max = 1})
                        .file;
  EXPECT_EQ(file.lower_bounds.at(kField), "a" + std::string(15, 'm'));
  EXPECT_EQ(file.upper_bounds.at(kField), "z" + std::string(14, 'm') + "n");
}

TEST(MetricsTest, NestedLeavesAreCountedWithoutBounds) {
  // tags optional list<optional string>, prices optional map<string, optional int>:
  // {null, null}, {[], {}}, {["x", null], {"eur": 3, "usd": null}}.
  const iceberg::Schema schema{
      .fields = {{.id = FieldId(1),
                  .name = "tags",
                  .type = iceberg::ListType{.element_id = FieldId(3), .element = PrimitiveKind::kString}},
                 {.id = FieldId(2),
                  .name = "prices",
                  .type = iceberg::MapType{.key_id = FieldId(4),
                                           .key = PrimitiveKind::kString,
                                           .value_id = FieldId(5),
                                           .value = PrimitiveKind::kInt}}}};
  const batch::ColumnBatch batch{.row_count = 3,
                                 .columns = {{.field = FieldId(3),
                                              .max_definition_level = 3,
                                              .max_repetition_level = 1,
                                              .definition_levels = {0, 1, 3, 2},
                                              .repetition_levels = {0, 0, 0, 1},
                                              .values = std::vector<std::string_view>{"x"}},
                                             {.field = FieldId(4),
                                              .max_definition_level = 2,
                                              .max_repetition_level = 1,
                                              .definition_levels = {0, 1, 2, 2},
                                              .repetition_levels = {0, 0, 0, 1},
                                              .values = std::vector<std::string_view>{"eur", "usd"}},
                                             {.field = FieldId(5),
                                              .max_definition_level = 3,
                                              .max_repetition_level = 1,
                                              .definition_levels = {0, 1, 3, 2},
                                              .repetition_levels = {0, 0, 0, 1},
                                              .values = std::vector<std::int32_t>{3}}}};
  const auto [file, table] = write(schema, {batch});
  EXPECT_EQ(table->column(0)->chunk(0)->ToString(), "[\n  null,\n  [],\n  [\n    \"x\",\n    null\n  ]\n]");
  EXPECT_EQ(table->column(0)->null_count(), 1);
  EXPECT_EQ(table->column(1)->null_count(), 1);
  for (const FieldId leaf : {FieldId(3), FieldId(4), FieldId(5)}) {
    EXPECT_EQ(file.value_counts.at(leaf), 4) << leaf.value();
    EXPECT_FALSE(file.lower_bounds.contains(leaf)) << leaf.value();
  }
  EXPECT_EQ(file.null_value_counts.at(FieldId(3)), 3);
  EXPECT_EQ(file.null_value_counts.at(FieldId(4)), 2);
}

TEST(MetricsTest, FileWithoutRowsIsValid) {
  const auto [file, table] = write(one_optional(PrimitiveKind::kInt), {});
  EXPECT_EQ(file.record_count, 0);
  EXPECT_EQ(table->num_rows(), 0);
}

TEST(MetricsTest, EveryCodecAndEncodingReadsBack) {
  for (const Codec codec :
       {Codec::kUncompressed, Codec::kSnappy, Codec::kGzip, Codec::kLz4Raw, Codec::kZstd}) {
    for (const EncodingSet encodings : {EncodingSet::kPortable, EncodingSet::kDelta}) {
      const auto [file, table] = write(
          {.fields = {{.id = kField,
                       .name = "c",
                       .type = PrimitiveKind::kLong,
                       .presence = iceberg::Presence::kRequired}}},
          {{.row_count = 3, .columns = {{.field = kField, .values = std::vector<std::int64_t>{5, 1, 9}}}}},
          {.codec = codec, .encodings = encodings, .page_index = PageIndex::kWrite});
      EXPECT_EQ(read_longs(*table, "c"), (std::vector<std::int64_t>{5, 1, 9})) << static_cast<int>(codec);
    }
  }
}

}  // namespace
}  // namespace calve::datafile
