#include "calve/batch/column_batch.h"

#include <cassert>

namespace calve::batch {
namespace {

// Walks a column entry by entry; an entry belongs to the row that the last repetition level 0 began.
template <class Vector>
void split_column(const Column& column, const Vector& values, std::span<const std::uint32_t> part_of_row,
                  std::size_t column_index, std::vector<ColumnBatch>& parts) {
  const bool has_definition = column.max_definition_level > 0;
  const bool has_repetition = column.max_repetition_level > 0;
  const std::size_t entries = has_definition ? column.definition_levels.size() : values.size();
  std::size_t row = 0;
  std::size_t next_value = 0;
  for (std::size_t entry = 0; entry < entries; ++entry) {
    const bool begins_row = !has_repetition || column.repetition_levels[entry] == 0;
    if (begins_row && entry > 0) ++row;
    Column& to = parts[part_of_row[row]].columns[column_index];
    if (has_repetition) to.repetition_levels.push_back(column.repetition_levels[entry]);
    if (has_definition) to.definition_levels.push_back(column.definition_levels[entry]);
    if (!has_definition || column.definition_levels[entry] == column.max_definition_level) {
      std::get<Vector>(to.values).push_back(values[next_value++]);
    }
  }
}

}  // namespace

const Column* ColumnBatch::find(FieldId field) const {
  for (const Column& column : columns) {
    if (column.field == field) return &column;
  }
  return nullptr;
}

void ColumnBatch::clear() {
  row_count = 0;
  for (Column& column : columns) {
    column.definition_levels.clear();
    column.repetition_levels.clear();
    std::visit([](auto& values) { values.clear(); }, column.values);
  }
}

std::vector<ColumnBatch> split_rows(const ColumnBatch& batch, std::span<const std::uint32_t> part_of_row,
                                    std::size_t part_count) {
  assert(part_of_row.size() == batch.row_count);
  std::vector<ColumnBatch> parts(part_count);
  for (ColumnBatch& part : parts) {
    part.columns.reserve(batch.columns.size());
    for (const Column& column : batch.columns) {
      Column& empty = part.columns.emplace_back();
      empty.field = column.field;
      empty.max_definition_level = column.max_definition_level;
      empty.max_repetition_level = column.max_repetition_level;
      std::visit([&](const auto& values) { empty.values.emplace<std::decay_t<decltype(values)>>(); },
                 column.values);
    }
  }
  for (const std::uint32_t part : part_of_row)
    ++parts[part].row_count;
  for (std::size_t i = 0; i < batch.columns.size(); ++i) {
    std::visit([&](const auto& values) { split_column(batch.columns[i], values, part_of_row, i, parts); },
               batch.columns[i].values);
  }
  return parts;
}

}  // namespace calve::batch
