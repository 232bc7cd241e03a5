#include "calve/datafile/row_stage.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "calve/datafile/sample_orders.h"

namespace calve::datafile {
namespace {

// Through stages and back, against the rows dealt out by the batch's own means.
void expect_round_trip(const batch::ColumnBatch& batch, const std::vector<std::uint32_t>& stage_of_row,
                       std::size_t stage_count) {
  std::vector<RowStage> stages(stage_count);
  std::vector<RowStage*> pointers;
  for (RowStage& stage : stages)
    pointers.push_back(&stage);
  stage_rows(batch, stage_of_row, pointers);
  const auto parts = batch::split_rows(batch, stage_of_row, stage_count);
  for (std::size_t i = 0; i < stage_count; ++i) {
    EXPECT_TRUE(stages[i].rows(batch) == parts[i]) << "stage " << i;
    EXPECT_EQ(stages[i].row_count(), parts[i].row_count) << "stage " << i;
  }
}

TEST(RowStageTest, GivesBackOrdersAsTheyWere) {
  SampleOrders orders({});
  for (const std::size_t stages : {1, 3, 200}) {
    SCOPED_TRACE(stages);
    const batch::ColumnBatch& batch = orders.next(500);
    std::vector<std::uint32_t> stage_of_row(batch.row_count);
    for (std::size_t row = 0; row < stage_of_row.size(); ++row)
      stage_of_row[row] = static_cast<std::uint32_t>(row * row % stages);
    expect_round_trip(batch, stage_of_row, stages);
  }
}

TEST(RowStageTest, KeepsEveryTypeNullsAndEmptyLists) {
  const batch::ColumnBatch batch{
      .row_count = 3,
      .columns = {
          {.field = FieldId(1), .values = std::vector<std::uint8_t>{0, 1, 255}},
          {.field = FieldId(2), .values = std::vector<std::int32_t>{INT32_MIN, 0, INT32_MAX}},
          {.field = FieldId(3), .values = std::vector<std::int64_t>{INT64_MIN, 0, INT64_MAX}},
          {.field = FieldId(4), .values = std::vector<float>{-0.0f, 1.5f, 1e38f}},
          {.field = FieldId(5),
           .max_definition_level = 2,
           .definition_levels = {0, 1, 2},
           .values = std::vector<double>{1e300}},
          {.field = FieldId(6), .values = std::vector<batch::Int128>{batch::Int128(1) << 100, -1, 0}},
          {.field = FieldId(7),
           .max_definition_level = 1,
           .definition_levels = {1, 0, 0},
           .values = std::vector<Uuid>{{{1, 2, 3}}}},
          {.field = FieldId(8),
           .values = std::vector<std::string_view>{"", std::string_view("\0\xff", 2), "Malm\xC3\xB6"}},
          // [[a, b], [c]], [], [[d]]
          {.field = FieldId(9),
           .max_definition_level = 2,
           .max_repetition_level = 2,
           .definition_levels = {2, 2, 2, 0, 2},
           .repetition_levels = {0, 2, 1, 0, 0},
           .values = std::vector<std::string_view>{"a", "b", "c", "d"}},
      }};
  expect_round_trip(batch, {0, 0, 0}, 1);
  expect_round_trip(batch, {1, 0, 1}, 2);
  expect_round_trip(batch, {2, 1, 0}, 3);
}

TEST(RowStageTest, OwnsTheBytesOfItsRows) {
  RowStage stage;
  batch::ColumnBatch like{.columns = {{.field = FieldId(1), .values = std::vector<std::string_view>{}}}};
  std::vector<std::string> expected;
  for (int i = 0; i < 1'000; ++i) {
    // Some longer than a chunk.
    std::string text(i % 100 == 99 ? 300'000 : i % 50, static_cast<char>('a' + i % 26));
    const batch::ColumnBatch batch{
        .row_count = 1, .columns = {{.field = FieldId(1), .values = std::vector<std::string_view>{text}}}};
    RowStage* const only[] = {&stage};
    stage_rows(batch, std::vector<std::uint32_t>{0}, only);
    expected.push_back(text);
    text.assign(text.size(), '?');
  }
  RowStage moved = std::move(stage);
  const auto rows = moved.rows(like);
  const auto& texts = std::get<std::vector<std::string_view>>(rows.columns[0].values);
  ASSERT_EQ(texts.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i)
    ASSERT_TRUE(texts[i] == expected[i]) << i;
}

TEST(RowStageTest, SaysHowMuchItHolds) {
  SampleOrders orders({});
  RowStage stage;
  EXPECT_EQ(stage.held_bytes(), 0);
  EXPECT_EQ(stage.packed_bytes(), 0);
  RowStage* const only[] = {&stage};
  for (int i = 0; i < 20; ++i) {
    const batch::ColumnBatch& batch = orders.next(100);
    stage_rows(batch, std::vector<std::uint32_t>(batch.row_count, 0), only);
    EXPECT_GE(stage.held_bytes(), stage.packed_bytes());
    // A quarter more than is packed, and the least chunk, is all that may lie unused.
    EXPECT_LE(stage.held_bytes(), stage.packed_bytes() + stage.packed_bytes() / 2 + 8'192) << i;
  }
  EXPECT_GT(stage.packed_bytes(), 2'000 * 200) << "an order has more than 200 bytes";
}

TEST(RowStageTest, AnEmptyStageHasTheColumns) {
  SampleOrders orders({});
  const batch::ColumnBatch& batch = orders.next(10);
  const auto rows = RowStage().rows(batch);
  EXPECT_EQ(rows.row_count, 0u);
  ASSERT_EQ(rows.columns.size(), batch.columns.size());
  for (std::size_t i = 0; i < rows.columns.size(); ++i) {
    EXPECT_EQ(rows.columns[i].field, batch.columns[i].field);
    EXPECT_EQ(rows.columns[i].values.index(), batch.columns[i].values.index()) << i;
  }
}

}  // namespace
}  // namespace calve::datafile
