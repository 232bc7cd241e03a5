#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "calve/batch/column_batch.h"
#include "calve/batch/record_batch.h"

namespace calve::batch {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(RecordBatchTest, KeepsPayloadsApartAndPadded) {
  RecordBatch batch;
  batch.reset(PartitionId(2), Offset(10));
  batch.append(Offset(10), timestamp_from_micros(1), "first");
  batch.append_tombstone(Offset(12), timestamp_from_micros(2));
  batch.append(Offset(13), timestamp_from_micros(3), "");
  batch.seal(Offset(15));

  ASSERT_EQ(batch.records.size(), 3u);
  EXPECT_EQ(batch.payload(batch.records[0]), "first");
  EXPECT_TRUE(RecordBatch::is_tombstone(batch.records[1]));
  EXPECT_FALSE(RecordBatch::is_tombstone(batch.records[2])) << "an empty value is not a missing one";
  EXPECT_EQ(batch.to, Offset(15));
  EXPECT_EQ(batch.payload_bytes(), 5u);
  EXPECT_EQ(batch.bytes.size(), 5u + RecordBatch::kPadding);

  batch.reset(PartitionId(3), Offset(0));
  EXPECT_THAT(batch.records, IsEmpty());
  EXPECT_EQ(batch.payload_bytes(), 0u);
}

TEST(SplitRowsTest, CarriesNullsAndListsToTheirRows) {
  // Rows: {7, null, []}, {8, "b", [1, 2]}, {9, "c", [3]}.
  ColumnBatch batch{.row_count = 3,
                    .columns = {
                        {.field = FieldId(1), .values = std::vector<std::int32_t>{7, 8, 9}},
                        {.field = FieldId(2),
                         .max_definition_level = 1,
                         .definition_levels = {0, 1, 1},
                         .values = std::vector<std::string_view>{"b", "c"}},
                        {.field = FieldId(3),
                         .max_definition_level = 1,
                         .max_repetition_level = 1,
                         .definition_levels = {0, 1, 1, 1},
                         .repetition_levels = {0, 0, 1, 0},
                         .values = std::vector<std::int64_t>{1, 2, 3}},
                    }};
  const std::vector<std::uint32_t> part_of_row = {1, 0, 1};
  const auto parts = split_rows(batch, part_of_row, 3);

  ASSERT_EQ(parts.size(), 3u);
  EXPECT_EQ(parts[0].row_count, 1u);
  EXPECT_THAT(std::get<std::vector<std::int32_t>>(parts[0].columns[0].values), ElementsAre(8));
  EXPECT_THAT(std::get<std::vector<std::string_view>>(parts[0].columns[1].values), ElementsAre("b"));
  EXPECT_THAT(parts[0].columns[2].repetition_levels, ElementsAre(0, 1));
  EXPECT_THAT(std::get<std::vector<std::int64_t>>(parts[0].columns[2].values), ElementsAre(1, 2));

  EXPECT_EQ(parts[1].row_count, 2u);
  EXPECT_THAT(std::get<std::vector<std::int32_t>>(parts[1].columns[0].values), ElementsAre(7, 9));
  EXPECT_THAT(parts[1].columns[1].definition_levels, ElementsAre(0, 1));
  EXPECT_THAT(parts[1].columns[2].definition_levels, ElementsAre(0, 1));
  EXPECT_THAT(std::get<std::vector<std::int64_t>>(parts[1].columns[2].values), ElementsAre(3));

  EXPECT_EQ(parts[2].row_count, 0u);
  EXPECT_EQ(parts[2].columns.size(), 3u);
}

}  // namespace
}  // namespace calve::batch
