// A packed row, leaf by leaf in the order of the schema:
//
//   row   = leaf*
//   leaf  = entry                     of a leaf that is not repeated
//         | count:u32 entry*          of a repeated one: an entry per element, or one for no element
//   entry = [repetition:u8] [definition:u8] [value]
//                                     levels where their maximum is above 0; a value at the full definition
//   value = the number or UUID as it lies in memory | length:u32 byte*

#include "calve/datafile/row_stage.h"

#include <algorithm>
#include <cstring>
#include <type_traits>
#include <utility>
#include <variant>

namespace calve::datafile {
namespace {

using batch::Column;

constexpr std::size_t kChunkBytesMin = 4 << 10;
constexpr std::size_t kChunkBytesMax = 256 << 10;

struct Cursor {
  std::size_t entry = 0;
  std::size_t value = 0;
};

template <class T>
void pack(const T& number, std::string& to) {
  const std::size_t at = to.size();
  to.resize(at + sizeof number);
  std::memcpy(to.data() + at, &number, sizeof number);
}

template <class T>
void pack_value(const T& value, std::string& to) {
  if constexpr (std::is_same_v<T, std::string_view>) {
    pack(static_cast<std::uint32_t>(value.size()), to);
    to.append(value);
  } else {
    pack(value, to);
  }
}

// The column's entries of one row, from the cursor on.
template <class T>
void pack_leaf(const Column& column, const std::vector<T>& values, Cursor& cursor, std::string& to) {
  std::size_t end = cursor.entry + 1;
  if (column.max_repetition_level > 0) {
    while (end < column.repetition_levels.size() && column.repetition_levels[end] != 0)
      ++end;
    pack(static_cast<std::uint32_t>(end - cursor.entry), to);
  }
  for (; cursor.entry < end; ++cursor.entry) {
    bool is_present = true;
    if (column.max_repetition_level > 0)
      to.push_back(static_cast<char>(column.repetition_levels[cursor.entry]));
    if (column.max_definition_level > 0) {
      to.push_back(static_cast<char>(column.definition_levels[cursor.entry]));
      is_present = column.definition_levels[cursor.entry] == column.max_definition_level;
    }
    if (is_present) pack_value(values[cursor.value++], to);
  }
}

class Unpacker {
 public:
  explicit Unpacker(std::string_view bytes) : at_(bytes.data()), end_(bytes.data() + bytes.size()) {}

  bool done() const { return at_ == end_; }

  template <class T>
  T take() {
    T value;
    std::memcpy(&value, at_, sizeof value);
    at_ += sizeof value;
    return value;
  }

  template <class T>
  T take_value() {
    if constexpr (std::is_same_v<T, std::string_view>) {
      const auto size = take<std::uint32_t>();
      return {std::exchange(at_, at_ + size), size};
    } else {
      return take<T>();
    }
  }

 private:
  const char* at_;
  const char* end_;
};

template <class T>
void unpack_leaf(Unpacker& from, Column& column, std::vector<T>& values) {
  const std::uint32_t entries = column.max_repetition_level > 0 ? from.take<std::uint32_t>() : 1;
  for (std::uint32_t i = 0; i < entries; ++i) {
    bool is_present = true;
    if (column.max_repetition_level > 0) column.repetition_levels.push_back(from.take<std::uint8_t>());
    if (column.max_definition_level > 0) {
      const std::int16_t level = from.take<std::uint8_t>();
      column.definition_levels.push_back(level);
      is_present = level == column.max_definition_level;
    }
    if (is_present) values.push_back(from.take_value<T>());
  }
}

}  // namespace

void RowStage::append(std::string_view packed_row) {
  if (chunks_.empty() || chunks_.back().capacity() - chunks_.back().size() < packed_row.size()) {
    // A quarter of what is there: little is unused, and chunks stay few.
    const std::size_t bytes =
        std::clamp(static_cast<std::size_t>(packed_bytes_) / 4, kChunkBytesMin, kChunkBytesMax);
    chunks_.emplace_back().reserve(std::max(bytes, packed_row.size()));
    held_bytes_ += static_cast<std::int64_t>(chunks_.back().capacity());
  }
  chunks_.back().append(packed_row);
  packed_bytes_ += static_cast<std::int64_t>(packed_row.size());
  ++row_count_;
}

batch::ColumnBatch RowStage::rows(const batch::ColumnBatch& like) const {
  batch::ColumnBatch batch{.row_count = row_count_};
  batch.columns.reserve(like.columns.size());
  for (const Column& column : like.columns) {
    Column& empty = batch.columns.emplace_back(Column{.field = column.field,
                                                      .max_definition_level = column.max_definition_level,
                                                      .max_repetition_level = column.max_repetition_level});
    std::visit([&]<class T>(const std::vector<T>&) { empty.values.emplace<std::vector<T>>(); },
               column.values);
  }
  for (const std::string& chunk : chunks_) {
    Unpacker from(chunk);
    while (!from.done()) {
      for (Column& column : batch.columns) {
        std::visit([&](auto& values) { unpack_leaf(from, column, values); }, column.values);
      }
    }
  }
  return batch;
}

void stage_rows(const batch::ColumnBatch& batch, std::span<const std::uint32_t> stage_of_row,
                std::span<RowStage* const> stages) {
  std::vector<Cursor> cursors(batch.columns.size());
  std::string packed;
  for (std::size_t row = 0; row < batch.row_count; ++row) {
    packed.clear();
    for (std::size_t i = 0; i < batch.columns.size(); ++i) {
      const Column& column = batch.columns[i];
      std::visit([&](const auto& values) { pack_leaf(column, values, cursors[i], packed); }, column.values);
    }
    stages[stage_of_row[row]]->append(packed);
  }
}

}  // namespace calve::datafile
