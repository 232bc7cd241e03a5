#include "calve/datafile/partitioner.h"

#include <algorithm>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace calve::datafile {
namespace {

using iceberg::Literal;
using iceberg::OptionalLiteral;
using iceberg::PartitionTuple;
using iceberg::PrimitiveKind;
using iceberg::SimpleTransform;
using iceberg::Type;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::int64_t kDay = 86'400'000'000;  // microseconds

// A table of one column with id 1, and what its rows are dealt to.
struct OneColumn {
  iceberg::PrimitiveType type;
  iceberg::Transform transform;
  iceberg::Presence presence = iceberg::Presence::kRequired;

  Result<Partitioner> make() const {
    return Partitioner::make(
        {.fields =
             {{.source_id = FieldId(1), .field_id = FieldId(1000), .name = "p", .transform = transform}}},
        make_file_schema(
            {.fields = {
                 {.id = FieldId(1), .name = "v", .type = iceberg::as_type(type), .presence = presence}}}));
  }

  DealtRows deal(batch::Values values, std::vector<std::int16_t> definition_levels = {}) const {
    const std::size_t rows = definition_levels.empty()
                                 ? std::visit([](const auto& each) { return each.size(); }, values)
                                 : definition_levels.size();
    const auto partitioner = make();
    EXPECT_TRUE(partitioner) << partitioner.error().message;
    return partitioner->deal(
        {.row_count = rows,
         .columns = {{.field = FieldId(1),
                      .max_definition_level = static_cast<std::int16_t>(definition_levels.empty() ? 0 : 1),
                      .definition_levels = std::move(definition_levels),
                      .values = std::move(values)}}});
  }
};

PartitionTuple one(Literal value) {
  return {std::move(value)};
}
PartitionTuple null() {
  return {std::nullopt};
}

TEST(PartitionerTest, EveryRowOfATableWithoutPartitionsIsInTheOne) {
  const auto partitioner = Partitioner::make({}, make_file_schema({}));
  ASSERT_TRUE(partitioner);
  EXPECT_EQ(partitioner->deal({.row_count = 3}), (DealtRows{.partitions = {PartitionTuple{}}}));
  EXPECT_EQ(partitioner->deal({.row_count = 0}), DealtRows{});
}

TEST(PartitionerTest, NumbersPartitionsInTheOrderOfTheirFirstRows) {
  const OneColumn days{PrimitiveKind::kTimestamptz, SimpleTransform::kDay};
  const DealtRows dealt =
      days.deal(std::vector<std::int64_t>{5 * kDay, kDay - 1, 5 * kDay + 1, -1, kDay, 6 * kDay - 1});
  EXPECT_THAT(dealt.partitions, ElementsAre(one(5), one(0), one(-1), one(1)));
  EXPECT_THAT(dealt.part_of_row, ElementsAre(0, 1, 0, 2, 3, 0));
}

TEST(PartitionerTest, OnePartitionHasNoNumbers) {
  const OneColumn days{PrimitiveKind::kTimestamptz, SimpleTransform::kDay};
  EXPECT_EQ(days.deal(std::vector<std::int64_t>{kDay, 2 * kDay - 1, kDay + 7}),
            (DealtRows{.partitions = {one(1)}}));
  // Not ordered, so it is seen only when every row was looked at.
  const OneColumn buckets{PrimitiveKind::kString, iceberg::BucketTransform{1}};
  EXPECT_EQ(buckets.deal(std::vector<std::string_view>{"a", "b"}), (DealtRows{.partitions = {one(0)}}));
}

TEST(PartitionerTest, TheShortcutForOnePartitionIsRightAtItsEdges) {
  const OneColumn days{PrimitiveKind::kTimestamptz, SimpleTransform::kDay};
  EXPECT_THAT(days.deal(std::vector<std::int64_t>{kDay, 2 * kDay}).part_of_row, ElementsAre(0, 1));
  EXPECT_THAT(days.deal(std::vector<std::int64_t>{0, -1}).part_of_row, ElementsAre(0, 1));
  // Smallest and largest fall into one bucket; the one between them does not.
  const OneColumn buckets{PrimitiveKind::kInt, iceberg::BucketTransform{2}};
  std::vector<std::int32_t> numbers(100);
  for (std::int32_t i = 0; i < 100; ++i)
    numbers[i] = i;
  const auto all = buckets.deal(numbers);
  ASSERT_THAT(all.partitions, testing::SizeIs(2));
  const auto other = std::ranges::find(all.part_of_row, 1u) - all.part_of_row.begin();
  int tried = 0;
  for (auto last = other + 1; last < 100; ++last) {
    if (all.part_of_row[last] != 0) continue;
    const auto dealt = buckets.deal(std::vector<std::int32_t>(numbers.begin(), numbers.begin() + last + 1));
    EXPECT_THAT(dealt.partitions, testing::SizeIs(2)) << last;
    ++tried;
  }
  EXPECT_GT(tried, 10);
}

TEST(PartitionerTest, NullIsAPartitionAndTakesNoValue) {
  const OneColumn c{PrimitiveKind::kLong, SimpleTransform::kIdentity, iceberg::Presence::kOptional};
  const auto l = [](std::int64_t value) { return one(value); };
  const DealtRows dealt = c.deal(std::vector<std::int64_t>{7, 8, 7}, {1, 0, 1, 0, 1});
  EXPECT_THAT(dealt.partitions, ElementsAre(l(7), null(), l(8)));
  EXPECT_THAT(dealt.part_of_row, ElementsAre(0, 1, 2, 1, 0));
  EXPECT_EQ(c.deal(std::vector<std::int64_t>{}, {0, 0}), (DealtRows{.partitions = {null()}}));
  // All values are equal, and still there are two partitions.
  EXPECT_THAT(c.deal(std::vector<std::int64_t>{7, 7}, {1, 1, 0}).part_of_row, ElementsAre(0, 0, 1));
}

TEST(PartitionerTest, TakesEveryType) {
  const auto uuid = *parse_uuid("0191b5a4-6f2e-7c3d-8a1b-2c3d4e5f6071");
  struct Case {
    const char* name;
    OneColumn column;
    batch::Values values;
    PartitionTuple partition;
  };
  const iceberg::DecimalType money{.precision = 12, .scale = 2};
  const iceberg::DecimalType wide{.precision = 38, .scale = 0};
  for (const auto& [name, column, values, partition] : {
           Case{"boolean",
                {PrimitiveKind::kBoolean, SimpleTransform::kIdentity},
                std::vector<std::uint8_t>{1},
                one(true)},
           Case{"int",
                {PrimitiveKind::kInt, SimpleTransform::kIdentity},
                std::vector<std::int32_t>{-5},
                one(std::int32_t{-5})},
           Case{"date by month",
                {PrimitiveKind::kDate, SimpleTransform::kMonth},
                std::vector<std::int32_t>{31},
                one(std::int32_t{1})},
           Case{"float",
                {PrimitiveKind::kFloat, SimpleTransform::kIdentity},
                std::vector<float>{1.5f},
                one(1.5f)},
           Case{"double",
                {PrimitiveKind::kDouble, SimpleTransform::kIdentity},
                std::vector<double>{2.5},
                one(2.5)},
           Case{"decimal",
                {money, SimpleTransform::kIdentity},
                std::vector<std::int64_t>{1234},
                one(__int128{1234})},
           Case{"wide decimal",
                {wide, SimpleTransform::kIdentity},
                std::vector<batch::Int128>{-9},
                one(__int128{-9})},
           Case{"string",
                {PrimitiveKind::kString, iceberg::TruncateTransform{3}},
                std::vector<std::string_view>{"Malmö"},
                one(std::string("Mal"))},
           Case{"binary",
                {PrimitiveKind::kBinary, SimpleTransform::kIdentity},
                std::vector<std::string_view>{std::string_view("\0x", 2)},
                one(iceberg::Binary{std::string("\0x", 2)})},
           Case{"fixed",
                {iceberg::FixedType{2}, SimpleTransform::kIdentity},
                std::vector<std::string_view>{"ab"},
                one(iceberg::Binary{"ab"})},
           Case{"uuid",
                {PrimitiveKind::kUuid, SimpleTransform::kIdentity},
                std::vector<Uuid>{uuid},
                one(uuid)},
           Case{"void", {PrimitiveKind::kLong, SimpleTransform::kVoid}, std::vector<std::int64_t>{1}, null()},
       }) {
    EXPECT_THAT(column.deal(values).partitions, ElementsAre(partition)) << name;
  }
}

TEST(PartitionerTest, NaNIsOnePartitionAndZeroHasTwo) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const OneColumn c{PrimitiveKind::kDouble, SimpleTransform::kIdentity};
  EXPECT_THAT(c.deal(std::vector<double>{nan, 0.0, nan, -0.0, 0.0}).part_of_row, ElementsAre(0, 1, 0, 2, 1));
}

TEST(PartitionerTest, ATupleIsEveryFieldOfTheSpec) {
  const auto partitioner = Partitioner::make(
      {.fields = {{.source_id = FieldId(2), .name = "n", .transform = SimpleTransform::kIdentity},
                  {.source_id = FieldId(1), .name = "d", .transform = SimpleTransform::kDay}}},
      make_file_schema({.fields = {{.id = FieldId(1), .name = "t", .type = PrimitiveKind::kTimestamp},
                                   {.id = FieldId(2), .name = "n", .type = PrimitiveKind::kInt}}}));
  ASSERT_TRUE(partitioner);
  const DealtRows dealt = partitioner->deal(
      {.row_count = 4,
       .columns = {{.field = FieldId(1), .values = std::vector<std::int64_t>{0, 0, kDay, 1}},
                   {.field = FieldId(2), .values = std::vector<std::int32_t>{1, 2, 1, 1}}}});
  EXPECT_THAT(dealt.partitions,
              ElementsAre(PartitionTuple{Literal(1), Literal(0)}, PartitionTuple{Literal(2), Literal(0)},
                          PartitionTuple{Literal(1), Literal(1)}));
  EXPECT_THAT(dealt.part_of_row, ElementsAre(0, 1, 2, 0));
}

TEST(PartitionerTest, RefusesASourceThatIsNoValueOfARow) {
  const iceberg::Schema schema{
      .fields = {{.id = FieldId(1), .name = "s", .type = PrimitiveKind::kString},
                 {.id = FieldId(2),
                  .name = "l",
                  .type = iceberg::ListType{.element_id = FieldId(3), .element = PrimitiveKind::kLong}}}};
  for (const auto& [source, transform] : {std::pair{9, iceberg::Transform(SimpleTransform::kIdentity)},
                                          {2, SimpleTransform::kIdentity},
                                          {3, SimpleTransform::kIdentity},
                                          {1, SimpleTransform::kDay},
                                          {1, iceberg::UnknownTransform{"zorder"}}}) {
    const auto made =
        Partitioner::make({.fields = {{.source_id = FieldId(source), .name = "p", .transform = transform}}},
                          make_file_schema(schema));
    ASSERT_FALSE(made) << source << " " << iceberg::to_string(transform);
    EXPECT_EQ(made.error().kind, ErrorKind::kConfig) << source << " " << iceberg::to_string(transform);
  }
}

TEST(SamePartitionTest, EqualTuplesHaveEqualHashes) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const std::vector<PartitionTuple> distinct = {{},
                                                null(),
                                                {std::nullopt, std::nullopt},
                                                one(nan),
                                                one(0.0),
                                                one(-0.0),
                                                one(0),
                                                one(std::int64_t{0}),
                                                one(false),
                                                one(std::string("")),
                                                one(iceberg::Binary{""}),
                                                one(std::string("a")),
                                                one(__int128{7}),
                                                one(Uuid{})};
  for (std::size_t i = 0; i < distinct.size(); ++i) {
    const PartitionTuple copy = distinct[i];
    EXPECT_TRUE(SamePartition()(distinct[i], copy)) << i;
    EXPECT_EQ(PartitionHash()(distinct[i]), PartitionHash()(copy)) << i;
    for (std::size_t j = 0; j < i; ++j)
      EXPECT_FALSE(SamePartition()(distinct[i], distinct[j])) << i << " " << j;
  }
}

}  // namespace
}  // namespace calve::datafile
