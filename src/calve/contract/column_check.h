// Whether decoded columns are whole, for tests and fuzzers.

#pragma once

#include <string>

#include <fmt/format.h>

#include "calve/batch/column_batch.h"

namespace calve::contract {

// Empty, or what is wrong: levels out of range, of unequal number, not as many rows or values as they
// say.
inline std::string check_columns(const batch::ColumnBatch& rows) {
  for (const batch::Column& column : rows.columns) {
    const auto id = column.field.value();
    const std::size_t values = std::visit([](const auto& each) { return each.size(); }, column.values);
    std::size_t present = values;
    if (column.max_definition_level > 0) {
      present = 0;
      for (const auto level : column.definition_levels) {
        if (level < 0 || level > column.max_definition_level)
          return fmt::format("field {}: definition {}", id, level);
        present += level == column.max_definition_level ? 1 : 0;
      }
    } else if (!column.definition_levels.empty()) {
      return fmt::format("field {} has definition levels", id);
    }
    if (present != values) return fmt::format("field {}: {} values for {} present", id, values, present);
    std::size_t begun = column.max_definition_level > 0 ? column.definition_levels.size() : values;
    if (column.max_repetition_level > 0) {
      if (column.repetition_levels.size() != column.definition_levels.size()) {
        return fmt::format("field {}: levels of unequal number", id);
      }
      begun = 0;
      for (const auto level : column.repetition_levels) {
        if (level < 0 || level > column.max_repetition_level)
          return fmt::format("field {}: repetition {}", id, level);
        begun += level == 0 ? 1 : 0;
      }
    } else if (!column.repetition_levels.empty()) {
      return fmt::format("field {} has repetition levels", id);
    }
    if (begun != rows.row_count) return fmt::format("field {}: {} rows of {}", id, begun, rows.row_count);
  }
  return "";
}

}  // namespace calve::contract
