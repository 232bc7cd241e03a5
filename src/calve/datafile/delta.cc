#include "calve/datafile/delta.h"

#include <vector>

#include <parquet/encoding.h>
#include <parquet/types.h>

namespace calve::datafile {
namespace {

template <class ParquetType>
void put(std::span<const typename ParquetType::c_type> values, parquet::Encoder& to) {
  dynamic_cast<parquet::TypedEncoder<ParquetType>&>(to).Put(values.data(), static_cast<int>(values.size()));
}

}  // namespace

void put_delta(const PlainAsItLies<std::int32_t>&, std::span<const std::int32_t> values,
               parquet::Encoder& to) {
  put<parquet::Int32Type>(values, to);
}

void put_delta(const PlainAsItLies<std::int64_t>&, std::span<const std::int64_t> values,
               parquet::Encoder& to) {
  put<parquet::Int64Type>(values, to);
}

void put_delta(const PlainNarrowed&, std::span<const std::int64_t> values, parquet::Encoder& to) {
  const std::vector<std::int32_t> narrowed(values.begin(), values.end());
  put<parquet::Int32Type>(narrowed, to);
}

void put_delta(const PlainByteArray&, std::span<const std::string_view> values, parquet::Encoder& to) {
  const std::vector<parquet::ByteArray> byte_arrays(values.begin(), values.end());
  put<parquet::ByteArrayType>(byte_arrays, to);
}

}  // namespace calve::datafile
