// Typed columns in the shape Parquet wants them: one column per leaf of the table's schema, values
// without their nulls, and Dremel levels where a leaf can be missing or repeated.
//
//   leaf                      definition level                          repetition level
//   required, top level       no levels                                 none
//   optional, top level       0 null, 1 present                         none
//   required in a required    0 list is empty, 1 element is there       0 first of its row,
//     list's element          (an empty list holds one entry)           1 further of the same row
//
// In general max_definition_level counts the optional and repeated ancestors, itself included, and
// max_repetition_level the repeated ones, as in the Parquet specification ("Nested Encoding").

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <variant>
#include <vector>

#include "calve/base/ids.h"
#include "calve/base/uuid.h"

namespace calve::batch {

// Which of Iceberg's types use it: boolean; int, date; long, timestamp, timestamptz, time and decimals
// of up to 18 digits (unscaled); float; double; uuid; string, binary (views, see ColumnBatch). Decimals of
// 19 to 38 digits are unscaled 128-bit integers.
using Int128 = __int128;
using Values = std::variant<std::vector<std::uint8_t>, std::vector<std::int32_t>, std::vector<std::int64_t>,
                            std::vector<float>, std::vector<double>, std::vector<Int128>, std::vector<Uuid>,
                            std::vector<std::string_view>>;

struct Column {
  FieldId field;
  std::int16_t max_definition_level = 0;
  std::int16_t max_repetition_level = 0;
  // Empty where the maximum is 0; else one entry per value, null or empty list.
  std::vector<std::int16_t> definition_levels;
  std::vector<std::int16_t> repetition_levels;
  Values values;

  bool operator==(const Column&) const = default;
};

// Rows of one table. String and binary values are views: into the RecordBatch that they were decoded
// from, or into memory that the decoder owns; a ColumnBatch is valid only as long as both, and until
// the decoder's next batch.
struct ColumnBatch {
  std::size_t row_count = 0;
  std::vector<Column> columns;  // in the order of the schema's leaves, depth first

  // Nullptr if no leaf has that field id.
  const Column* find(FieldId field) const;

  // Empties the columns and keeps their memory.
  void clear();

  bool operator==(const ColumnBatch&) const = default;
};

// Deals the rows out: part i holds, in order, the rows whose entry in `part_of_row` is i. Views are
// copied, not the bytes they look at. part_of_row.size() == batch.row_count, entries < part_count.
std::vector<ColumnBatch> split_rows(const ColumnBatch& batch, std::span<const std::uint32_t> part_of_row,
                                    std::size_t part_count);

}  // namespace calve::batch
