// Appends one row after another to the columns, with their Dremel levels, and takes the last one back
// if its event turns out bad.

#pragma once

#include <cassert>
#include <cstdint>
#include <vector>

#include "calve/batch/column_batch.h"
#include "calve/contract/plan.h"

namespace calve::contract {

class RowWriter {
 public:
  // Gives `rows` the plan's columns. Both must outlive the writer, and stay where they are.
  RowWriter(const Plan& plan, batch::ColumnBatch& rows);

  void begin_row() {
    for (std::size_t i = 0; i < cells_.size(); ++i)
      marks_[i] = mark_of(cells_[i]);
  }
  void end_row() { ++rows_.row_count; }
  // Leaves no trace of the row since begin_row().
  void roll_back();

  // `definition` is the column's maximum: the value is there.
  template <class T>
  void put(std::uint32_t column, std::int16_t repetition, T value) {
    put_levels(column, cells_[column].max_definition, repetition);
    values<T>(column).push_back(value);
  }
  // The columns [first, end) have no value from that level on.
  void put_missing(std::uint32_t first, std::uint32_t end, std::int16_t definition, std::int16_t repetition) {
    for (std::uint32_t column = first; column < end; ++column)
      put_levels(column, definition, repetition);
  }

  template <class T>
  std::vector<T>& values(std::uint32_t column) {
    auto* vector = std::get_if<std::vector<T>>(cells_[column].values);
    assert(vector != nullptr);
    return *vector;
  }
  // The first of this row's values in that column.
  std::size_t first_value_of_row(std::uint32_t column) const { return marks_[column].values; }

 private:
  struct Cell {
    batch::Values* values;
    std::vector<std::int16_t>* definition_levels;  // nullptr: the column has none
    std::vector<std::int16_t>* repetition_levels;  // nullptr: the column has none
    std::int16_t max_definition;
  };
  struct Mark {
    std::size_t values = 0;
    std::size_t levels = 0;
  };

  static Mark mark_of(const Cell& cell) {
    return {std::visit([](const auto& values) { return values.size(); }, *cell.values),
            cell.definition_levels == nullptr ? 0 : cell.definition_levels->size()};
  }

  void put_levels(std::uint32_t column, std::int16_t definition, std::int16_t repetition) {
    const Cell& cell = cells_[column];
    if (cell.definition_levels != nullptr) cell.definition_levels->push_back(definition);
    if (cell.repetition_levels != nullptr) cell.repetition_levels->push_back(repetition);
  }

  batch::ColumnBatch& rows_;
  std::vector<Cell> cells_;
  std::vector<Mark> marks_;
};

}  // namespace calve::contract
