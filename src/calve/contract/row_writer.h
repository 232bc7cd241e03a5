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

  // Empties the columns.
  void clear();

  void begin_row() { row_begin_ = ends_; }
  void end_row() { ++rows_.row_count; }
  // Leaves no trace of the row since begin_row().
  void roll_back();

  // `definition` is the column's maximum: the value is there.
  template <class T>
  void put(std::uint32_t column, std::int16_t repetition, T value) {
    put_levels(column, cells_[column].max_definition, repetition);
    values<T>(column).push_back(value);
    ++ends_[column].values;
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
  std::size_t first_value_of_row(std::uint32_t column) const { return row_begin_[column].values; }
  std::size_t values_of_row(std::uint32_t column) const {
    return ends_[column].values - row_begin_[column].values;
  }

 private:
  struct Cell {
    batch::Values* values;
    std::vector<std::int16_t>* definition_levels;  // nullptr: the column has none
    std::vector<std::int16_t>* repetition_levels;  // nullptr: the column has none
    std::int16_t max_definition;
  };
  // How many of each a column has. A row begins with a copy of all: asking each vector for its size costs
  // more than a small row's values.
  struct Counts {
    std::uint32_t values = 0;
    std::uint32_t levels = 0;
  };

  void put_levels(std::uint32_t column, std::int16_t definition, std::int16_t repetition) {
    const Cell& cell = cells_[column];
    if (cell.definition_levels != nullptr) cell.definition_levels->push_back(definition);
    if (cell.repetition_levels != nullptr) cell.repetition_levels->push_back(repetition);
    ++ends_[column].levels;
  }

  batch::ColumnBatch& rows_;
  std::vector<Cell> cells_;
  std::vector<Counts> ends_;
  std::vector<Counts> row_begin_;
};

}  // namespace calve::contract
