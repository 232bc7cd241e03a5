#include "calve/datafile/integer_columns.h"

#include <exception>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include <arrow/io/memory.h>
#include <fmt/format.h>
#include <parquet/column_reader.h>
#include <parquet/file_reader.h>

#include "calve/datafile/object_source.h"

namespace calve::datafile {
namespace {

constexpr std::int64_t kRunRows = 16'384;
// Up to here one request for the whole file is cheaper than one for each part of it.
constexpr std::int64_t kWholeFileBytesMax = std::int64_t{1} << 20;

std::optional<int> find_column(const parquet::SchemaDescriptor& schema, FieldId field) {
  for (int column = 0; column < schema.num_columns(); ++column) {
    if (schema.Column(column)->schema_node()->field_id() == field.value()) return column;
  }
  return std::nullopt;
}

template <class Reader, class Value>
void read_values(parquet::ColumnReader& column, std::vector<std::int64_t>& values) {
  std::vector<Value> read(kRunRows);
  values.clear();
  while (values.size() < kRunRows && column.HasNext()) {
    std::int64_t count = 0;
    static_cast<Reader&>(column).ReadBatch(kRunRows - static_cast<std::int64_t>(values.size()), nullptr,
                                           nullptr, read.data(), &count);
    values.insert(values.end(), read.begin(), read.begin() + count);
  }
}

// The next kRunRows values, fewer at the end of the row group.
void read_run(parquet::ColumnReader& column, std::vector<std::int64_t>& values) {
  if (column.type() == parquet::Type::INT32) {
    read_values<parquet::Int32Reader, std::int32_t>(column, values);
  } else {
    read_values<parquet::Int64Reader, std::int64_t>(column, values);
  }
}

bool is_required_integer(const parquet::ColumnDescriptor& column) {
  const bool is_integer =
      column.physical_type() == parquet::Type::INT32 || column.physical_type() == parquet::Type::INT64;
  return is_integer && column.max_definition_level() == 0 && column.max_repetition_level() == 0;
}

std::unexpected<Error> damaged(const std::string& path, std::string_view why) {
  return fail(ErrorKind::kInvalidData, fmt::format("The data file cannot be read: {}: {}", path, why));
}

}  // namespace

Result<void> visit_integer_columns(
    storage::ObjectStore& store, const DataFileLocation& file, IntegerColumnPair fields,
    const std::function<void(std::span<const std::int64_t>, std::span<const std::int64_t>)>& visit) {
  std::shared_ptr<arrow::io::RandomAccessFile> input;
  const auto source = std::make_shared<ObjectSource>(store, file.path, file.size_bytes);
  if (file.size_bytes > kWholeFileBytesMax) {
    input = source;
  } else {
    std::string bytes = CALVE_TRY(store.read(file.path));
    if (static_cast<std::int64_t>(bytes.size()) != file.size_bytes) {
      return damaged(file.path, fmt::format("it has {} bytes, not {}", bytes.size(), file.size_bytes));
    }
    input = std::make_shared<arrow::io::BufferReader>(arrow::Buffer::FromString(std::move(bytes)));
  }
  try {
    const auto reader = parquet::ParquetFileReader::Open(input);
    const parquet::SchemaDescriptor& schema = *reader->metadata()->schema();
    const auto first = find_column(schema, fields.first);
    const auto second = find_column(schema, fields.second);
    if (!first || !second || !is_required_integer(*schema.Column(*first)) ||
        !is_required_integer(*schema.Column(*second))) {
      return damaged(file.path, fmt::format("it has no required integer columns with the field ids {} and {}",
                                            fields.first, fields.second));
    }
    std::vector<std::int64_t> first_run;
    std::vector<std::int64_t> second_run;
    for (int number = 0; number < reader->metadata()->num_row_groups(); ++number) {
      const auto group = reader->RowGroup(number);
      const auto first_column = group->Column(*first);
      const auto second_column = group->Column(*second);
      for (std::int64_t left = group->metadata()->num_rows(); left > 0;
           left -= static_cast<std::int64_t>(first_run.size())) {
        read_run(*first_column, first_run);
        read_run(*second_column, second_run);
        if (first_run.empty() || first_run.size() != second_run.size()) {
          return damaged(file.path, "its columns are shorter than its row group says");
        }
        visit(first_run, second_run);
      }
    }
    return {};
  } catch (const std::exception& error) {
    if (source->error()) return std::unexpected(*source->error());
    return damaged(file.path, error.what());
  }
}

}  // namespace calve::datafile
