// A column's rows, some thousands at a time: a page can only end between two slices.

#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <variant>
#include <vector>

#include "calve/batch/column_batch.h"

namespace calve::datafile {

// Whole rows. Levels are empty where the column has none.
template <class T>
struct Slice {
  std::span<const std::int16_t> definition_levels;
  std::span<const std::int16_t> repetition_levels;
  std::span<const T> values;
  std::size_t entries = 0;
  std::size_t rows = 0;
};

// T is the type of the column's values. The column must outlive the slices.
template <class T>
class ColumnSlices {
 public:
  // A slice has at most `text_bytes_max` of text, or one row.
  ColumnSlices(const batch::Column& column, std::int64_t text_bytes_max)
      : column_(column),
        values_(std::get<std::vector<T>>(column.values)),
        text_bytes_max_(text_bytes_max),
        entries_(has_definition_levels() ? column.definition_levels.size() : values_.size()) {}

  bool done() const { return entry_ == entries_; }

  // Unless done.
  Slice<T> next() {
    Slice<T> slice = take(kEntriesMax);
    if constexpr (std::same_as<T, std::string_view>) {
      for (std::size_t entries = kEntriesMax; entries > 1 && has_too_much_text(slice.values);)
        slice = take(entries /= 2);
    }
    entry_ += slice.entries;
    value_ += slice.values.size();
    return slice;
  }

 private:
  static constexpr std::size_t kEntriesMax = 8 << 10;  // but for the rest of the last row

  bool has_definition_levels() const { return column_.max_definition_level > 0; }
  bool has_repetition_levels() const { return column_.max_repetition_level > 0; }

  // So many entries, and what else their last row has.
  Slice<T> take(std::size_t entries_min) const {
    std::size_t end = std::min(entry_ + entries_min, entries_);
    if (has_repetition_levels()) {
      while (end < entries_ && column_.repetition_levels[end] != 0)
        ++end;
    }
    Slice<T> slice{.entries = end - entry_, .rows = end - entry_};
    std::size_t value_count = slice.entries;
    if (has_definition_levels()) {
      slice.definition_levels = std::span(column_.definition_levels).subspan(entry_, slice.entries);
      value_count = count(slice.definition_levels, column_.max_definition_level);
    }
    if (has_repetition_levels()) {
      slice.repetition_levels = std::span(column_.repetition_levels).subspan(entry_, slice.entries);
      slice.rows = count(slice.repetition_levels, 0);
    }
    slice.values = values_.subspan(value_, value_count);
    return slice;
  }

  static std::size_t count(std::span<const std::int16_t> levels, std::int16_t level) {
    return static_cast<std::size_t>(std::ranges::count(levels, level));
  }

  bool has_too_much_text(std::span<const std::string_view> values) const {
    std::int64_t left = text_bytes_max_;
    return std::ranges::any_of(values, [&](std::string_view value) {
      left -= static_cast<std::int64_t>(value.size());
      return left < 0;
    });
  }

  const batch::Column& column_;
  std::span<const T> values_;
  std::int64_t text_bytes_max_;
  std::size_t entries_;
  std::size_t entry_ = 0;  // the next
  std::size_t value_ = 0;  // its value, or that of the next entry that has one
};

}  // namespace calve::datafile
