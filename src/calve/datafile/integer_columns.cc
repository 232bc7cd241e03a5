#include "calve/datafile/integer_columns.h"

#include <exception>
#include <optional>

#include <arrow/io/memory.h>
#include <fmt/format.h>
#include <parquet/column_reader.h>
#include <parquet/file_reader.h>

namespace calve::datafile {
namespace {

constexpr std::int64_t kBatchRows = 16'384;

std::optional<int> find_column(const parquet::SchemaDescriptor& schema, FieldId field) {
  for (int column = 0; column < schema.num_columns(); ++column) {
    if (schema.Column(column)->schema_node()->field_id() == field.value()) return column;
  }
  return std::nullopt;
}

template <class Reader, class Value>
void read_all(parquet::ColumnReader& column, std::vector<std::int64_t>& values) {
  auto& reader = dynamic_cast<Reader&>(column);
  std::vector<Value> batch(kBatchRows);
  while (reader.HasNext()) {
    std::int64_t read = 0;
    reader.ReadBatch(kBatchRows, nullptr, nullptr, batch.data(), &read);
    values.insert(values.end(), batch.begin(), batch.begin() + read);
  }
}

}  // namespace

Result<std::vector<std::vector<std::int64_t>>> read_integer_columns(const std::string& file,
                                                                    const std::string& path,
                                                                    const std::vector<FieldId>& fields) {
  try {
    const auto reader = parquet::ParquetFileReader::Open(
        std::make_shared<arrow::io::BufferReader>(arrow::Buffer::FromString(file)));
    std::vector<std::vector<std::int64_t>> columns(fields.size());
    for (std::size_t i = 0; i < fields.size(); ++i) {
      const auto index = find_column(*reader->metadata()->schema(), fields[i]);
      if (!index) {
        return fail(ErrorKind::kInvalidData,
                    fmt::format("The data file has no column with field id {}: {}", fields[i], path));
      }
      for (int group = 0; group < reader->metadata()->num_row_groups(); ++group) {
        const auto column = reader->RowGroup(group)->Column(*index);
        if (column->type() == parquet::Type::INT32) {
          read_all<parquet::Int32Reader, std::int32_t>(*column, columns[i]);
        } else {
          read_all<parquet::Int64Reader, std::int64_t>(*column, columns[i]);
        }
      }
    }
    return columns;
  } catch (const std::exception& error) {
    return fail(ErrorKind::kInvalidData,
                fmt::format("The data file cannot be read: {}: {}", path, error.what()));
  }
}

}  // namespace calve::datafile
