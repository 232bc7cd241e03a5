#include "calve/datafile/read_back.h"

#include <arrow/io/memory.h>
#include <parquet/arrow/reader.h>

namespace calve::datafile {

std::shared_ptr<arrow::Table> read_table(const std::string& bytes) {
  auto input = std::make_shared<arrow::io::BufferReader>(arrow::Buffer::FromString(bytes));
  auto reader = parquet::arrow::OpenFile(std::move(input), arrow::default_memory_pool()).ValueOrDie();
  return reader->ReadTable().ValueOrDie();
}

std::vector<std::int64_t> read_longs(const arrow::Table& table, const std::string& column) {
  std::vector<std::int64_t> values;
  for (const auto& chunk : table.GetColumnByName(column)->chunks()) {
    const auto& longs = static_cast<const arrow::Int64Array&>(*chunk);
    values.insert(values.end(), longs.raw_values(), longs.raw_values() + longs.length());
  }
  return values;
}

}  // namespace calve::datafile
