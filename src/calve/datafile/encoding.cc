#include "calve/datafile/encoding.h"

#include <algorithm>
#include <array>
#include <functional>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

namespace calve::datafile {
namespace {

constexpr std::size_t kSampleValuesMax = 1024;
// Below it a dictionary page costs more bytes than it saves.
constexpr std::size_t kSampleValuesMin = 32;
// A dictionary needs at most so many distinct values among so many of the sample: one that comes twice in a
// thousand comes hundreds of times in a file.
constexpr std::size_t kDistinctMax = 2;
constexpr std::size_t kDistinctOf = 3;

template <class T>
std::size_t hash_value(const T& value) {
  if constexpr (std::is_same_v<T, Uuid>) {
    return std::hash<std::string_view>{}(
        {reinterpret_cast<const char*>(value.bytes.data()), value.bytes.size()});
  } else if constexpr (std::is_same_v<T, batch::Int128>) {
    return std::hash<std::int64_t>{}(static_cast<std::int64_t>(value ^ (value >> 64)));
  } else {
    return std::hash<T>{}(value);
  }
}

template <class T>
bool repeats_itself(const std::vector<T>& values) {
  const std::size_t count = std::min(values.size(), kSampleValuesMax);
  if (count < kSampleValuesMin) return false;
  std::array<std::size_t, kSampleValuesMax> hashes;
  const auto end = std::transform(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(count),
                                  hashes.begin(), hash_value<T>);
  std::sort(hashes.begin(), end);
  const auto distinct = static_cast<std::size_t>(std::unique(hashes.begin(), end) - hashes.begin());
  return distinct * kDistinctOf <= count * kDistinctMax;
}

enum class Shape { kBit, kInteger, kFloatingPoint, kVariableBytes, kFixedBytes };

Shape shape(iceberg::PrimitiveKind kind) {
  switch (kind) {
    case iceberg::PrimitiveKind::kBoolean:
      return Shape::kBit;
    case iceberg::PrimitiveKind::kInt:
    case iceberg::PrimitiveKind::kLong:
    case iceberg::PrimitiveKind::kDate:
    case iceberg::PrimitiveKind::kTime:
    case iceberg::PrimitiveKind::kTimestamp:
    case iceberg::PrimitiveKind::kTimestamptz:
      return Shape::kInteger;
    case iceberg::PrimitiveKind::kFloat:
    case iceberg::PrimitiveKind::kDouble:
      return Shape::kFloatingPoint;
    case iceberg::PrimitiveKind::kString:
    case iceberg::PrimitiveKind::kBinary:
      return Shape::kVariableBytes;
    case iceberg::PrimitiveKind::kUuid:
      return Shape::kFixedBytes;
  }
  std::unreachable();
}
Shape shape(const iceberg::DecimalType& type) {
  return type.precision <= 18 ? Shape::kInteger : Shape::kFixedBytes;
}
Shape shape(const iceberg::FixedType&) {
  return Shape::kFixedBytes;
}

}  // namespace

ColumnEncoding choose_encoding(const iceberg::PrimitiveType& type, const batch::Column& first_rows,
                               EncodingSet allowed) {
  const Shape column = std::visit([](const auto& alternative) { return shape(alternative); }, type);
  if (column == Shape::kBit) return ColumnEncoding::kPlain;
  if (std::visit([](const auto& values) { return repeats_itself(values); }, first_rows.values)) {
    return ColumnEncoding::kDictionary;
  }
  if (allowed == EncodingSet::kDelta) {
    if (column == Shape::kInteger) return ColumnEncoding::kDeltaBinaryPacked;
    if (column == Shape::kVariableBytes) return ColumnEncoding::kDeltaLengthByteArray;
  }
  return ColumnEncoding::kPlain;
}

}  // namespace calve::datafile
