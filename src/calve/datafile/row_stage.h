// Rows of one partition, packed tight until there are enough of them to be worth a Parquet writer,
// which holds a megabyte before its first page.

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "calve/batch/column_batch.h"

namespace calve::datafile {

// Owns copies of the rows' bytes. One thread at a time.
class RowStage {
 public:
  // One row as stage_rows() packs it.
  void append(std::string_view packed_row);

  // All rows as a batch with the columns of `like`, whose rows are not looked at. Its views are into
  // the stage, until the stage changes.
  batch::ColumnBatch rows(const batch::ColumnBatch& like) const;

  std::size_t row_count() const { return row_count_; }
  std::int64_t packed_bytes() const { return packed_bytes_; }
  // Memory held, unused ends of chunks included.
  std::int64_t held_bytes() const { return held_bytes_; }

 private:
  std::vector<std::string> chunks_;  // each row is whole within one, and no chunk moves its bytes
  std::size_t row_count_ = 0;
  std::int64_t packed_bytes_ = 0;
  std::int64_t held_bytes_ = 0;
};

// Copies each row to the stage that `stage_of_row` says, an index into `stages`.
// stage_of_row.size() == batch.row_count.
void stage_rows(const batch::ColumnBatch& batch, std::span<const std::uint32_t> stage_of_row,
                std::span<RowStage* const> stages);

}  // namespace calve::datafile
