#include "calve/datafile/column_append.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include <parquet/column_writer.h>

#include "calve/datafile/parquet_schema.h"

namespace calve::datafile {
namespace {

using batch::Column;

template <class ParquetType, class T>
void write(const Column& column, const T* values, std::size_t value_count, parquet::ColumnWriter& to) {
  const bool has_levels = column.max_definition_level > 0;
  const bool is_repeated = column.max_repetition_level > 0;
  static_cast<parquet::TypedColumnWriter<ParquetType>&>(to).WriteBatch(
      static_cast<std::int64_t>(has_levels ? column.definition_levels.size() : value_count),
      has_levels ? column.definition_levels.data() : nullptr,
      is_repeated ? column.repetition_levels.data() : nullptr, values);
}

template <class ParquetType, class T>
void write_as_is(const Column& column, parquet::ColumnWriter& to) {
  const auto& values = std::get<std::vector<T>>(column.values);
  write<ParquetType>(column, values.data(), values.size(), to);
}

void write_bits(const Column& column, AppendScratch& scratch, parquet::ColumnWriter& to) {
  const auto& values = std::get<std::vector<std::uint8_t>>(column.values);
  if (scratch.bits_size < values.size()) {
    scratch.bits = std::make_unique_for_overwrite<bool[]>(values.size());
    scratch.bits_size = values.size();
  }
  std::ranges::transform(values, scratch.bits.get(), [](std::uint8_t value) { return value != 0; });
  write<parquet::BooleanType>(column, scratch.bits.get(), values.size(), to);
}

void write_byte_arrays(const Column& column, AppendScratch& scratch, parquet::ColumnWriter& to) {
  const auto& values = std::get<std::vector<std::string_view>>(column.values);
  scratch.byte_arrays.resize(values.size());
  std::ranges::transform(values, scratch.byte_arrays.begin(),
                         [](std::string_view value) { return parquet::ByteArray(value); });
  write<parquet::ByteArrayType>(column, scratch.byte_arrays.data(), values.size(), to);
}

template <class T, class BytesOf>
void write_fixed(const Column& column, AppendScratch& scratch, parquet::ColumnWriter& to, BytesOf bytes_of) {
  const auto& values = std::get<std::vector<T>>(column.values);
  scratch.fixed_byte_arrays.resize(values.size());
  std::ranges::transform(values, scratch.fixed_byte_arrays.begin(),
                         [&](const T& value) { return parquet::FixedLenByteArray(bytes_of(value)); });
  write<parquet::FLBAType>(column, scratch.fixed_byte_arrays.data(), values.size(), to);
}

void write_big_decimals(const Column& column, int length, AppendScratch& scratch, parquet::ColumnWriter& to) {
  const auto& values = std::get<std::vector<batch::Int128>>(column.values);
  const auto stride = static_cast<std::size_t>(length);
  scratch.decimal_bytes.resize(values.size() * stride);
  std::uint8_t* next = scratch.decimal_bytes.data();
  write_fixed<batch::Int128>(column, scratch, to, [&](batch::Int128 value) {
    std::uint8_t* const begin = std::exchange(next, next + stride);
    for (std::size_t i = stride; i-- > 0; value >>= 8)
      begin[i] = static_cast<std::uint8_t>(value);
    return begin;
  });
}

void append(const Column& column, iceberg::PrimitiveKind kind, AppendScratch& scratch,
            parquet::ColumnWriter& to) {
  switch (kind) {
    case iceberg::PrimitiveKind::kBoolean:
      return write_bits(column, scratch, to);
    case iceberg::PrimitiveKind::kInt:
    case iceberg::PrimitiveKind::kDate:
      return write_as_is<parquet::Int32Type, std::int32_t>(column, to);
    case iceberg::PrimitiveKind::kLong:
    case iceberg::PrimitiveKind::kTime:
    case iceberg::PrimitiveKind::kTimestamp:
    case iceberg::PrimitiveKind::kTimestamptz:
      return write_as_is<parquet::Int64Type, std::int64_t>(column, to);
    case iceberg::PrimitiveKind::kFloat:
      return write_as_is<parquet::FloatType, float>(column, to);
    case iceberg::PrimitiveKind::kDouble:
      return write_as_is<parquet::DoubleType, double>(column, to);
    case iceberg::PrimitiveKind::kString:
    case iceberg::PrimitiveKind::kBinary:
      return write_byte_arrays(column, scratch, to);
    case iceberg::PrimitiveKind::kUuid:
      return write_fixed<Uuid>(column, scratch, to, [](const Uuid& value) { return value.bytes.data(); });
  }
  std::unreachable();
}

void append(const Column& column, const iceberg::DecimalType& type, AppendScratch& scratch,
            parquet::ColumnWriter& to) {
  if (type.precision > 18) return write_big_decimals(column, decimal_bytes(type.precision), scratch, to);
  if (type.precision > 9) return write_as_is<parquet::Int64Type, std::int64_t>(column, to);
  const auto& values = std::get<std::vector<std::int64_t>>(column.values);
  scratch.ints.resize(values.size());
  std::ranges::transform(values, scratch.ints.begin(),
                         [](std::int64_t value) { return static_cast<std::int32_t>(value); });
  write<parquet::Int32Type>(column, scratch.ints.data(), values.size(), to);
}

void append(const Column& column, const iceberg::FixedType&, AppendScratch& scratch,
            parquet::ColumnWriter& to) {
  write_fixed<std::string_view>(column, scratch, to, [](std::string_view value) {
    return reinterpret_cast<const std::uint8_t*>(value.data());
  });
}

}  // namespace

void append_column(const Column& column, const iceberg::PrimitiveType& type, AppendScratch& scratch,
                   parquet::ColumnWriter& to) {
  std::visit([&](const auto& alternative) { append(column, alternative, scratch, to); }, type);
}

}  // namespace calve::datafile
