#include <cstdint>
#include <limits>

#include "calve/iceberg/civil_date.h"
#include "calve/iceberg/murmur3.h"
#include "calve/iceberg/partition_spec.h"

namespace calve::iceberg {
namespace {

// --- Appendix B ---------------------------------------------------------------------------------

// Ints and dates are hashed as longs, so that widening a column moves no row to another bucket.
PrimitiveType hashed_as(const PrimitiveType& source) {
  if (source == PrimitiveType(PrimitiveKind::kInt) || source == PrimitiveType(PrimitiveKind::kDate)) {
    return PrimitiveKind::kLong;
  }
  return source;
}

std::int32_t bucket(const BucketTransform& transform, const PrimitiveType& source, Literal value) {
  if (const auto* narrow = std::get_if<std::int32_t>(&value)) value = std::int64_t{*narrow};
  const std::uint32_t hash = murmur3_x86_32(to_binary(value, hashed_as(source)));
  return static_cast<std::int32_t>(hash & std::numeric_limits<std::int32_t>::max()) % transform.buckets;
}

// --- Truncation ---------------------------------------------------------------------------------

// The next multiple of the width towards minus infinity. Within one width of the type's minimum it
// wraps, as it does in Java.
template <class Unsigned, class Number>
Number truncate_number(Number value, std::int32_t width) {
  const Number remainder = value % width;
  const Number above_multiple = remainder < 0 ? remainder + width : remainder;
  return static_cast<Number>(static_cast<Unsigned>(value) - static_cast<Unsigned>(above_multiple));
}

bool starts_code_point(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0) != 0x80;
}

std::string truncate_text(const std::string& text, std::int32_t code_points_max) {
  std::int32_t code_points = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (starts_code_point(text[i]) && code_points++ == code_points_max) return text.substr(0, i);
  }
  return text;
}

Literal truncate(const TruncateTransform& transform, const Literal& value) {
  const std::int32_t width = transform.width;
  if (const auto* number = std::get_if<std::int32_t>(&value)) {
    return static_cast<std::int32_t>(truncate_number<std::uint64_t>(std::int64_t{*number}, width));
  }
  if (const auto* number = std::get_if<std::int64_t>(&value)) {
    return truncate_number<std::uint64_t>(*number, width);
  }
  if (const auto* unscaled = std::get_if<__int128>(&value)) {
    return truncate_number<unsigned __int128>(*unscaled, width);
  }
  if (const auto* text = std::get_if<std::string>(&value)) return truncate_text(*text, width);
  return Binary{std::get<Binary>(value).bytes.substr(0, static_cast<std::size_t>(width))};
}

// --- Time ---------------------------------------------------------------------------------------

std::int64_t days_of(const Literal& value) {
  if (const auto* days = std::get_if<std::int32_t>(&value)) return *days;
  return floor_div(std::get<std::int64_t>(value), kMicrosPerDay);
}

OptionalLiteral apply_simple(SimpleTransform transform, const Literal& value) {
  switch (transform) {
    case SimpleTransform::kIdentity:
      return value;
    case SimpleTransform::kVoid:
      return std::nullopt;
    case SimpleTransform::kYear:
      return static_cast<std::int32_t>(civil_date(days_of(value)).year - 1970);
    case SimpleTransform::kMonth: {
      const CivilDate date = civil_date(days_of(value));
      return static_cast<std::int32_t>((date.year - 1970) * 12 + date.month - 1);
    }
    case SimpleTransform::kDay:
      return static_cast<std::int32_t>(days_of(value));
    case SimpleTransform::kHour:
      // Wraps beyond the year 246,953.
      return static_cast<std::int32_t>(floor_div(std::get<std::int64_t>(value), kMicrosPerHour));
  }
  __builtin_unreachable();
}

}  // namespace

OptionalLiteral apply(const Transform& transform, const PrimitiveType& source, const OptionalLiteral& value) {
  if (!value) return std::nullopt;
  if (const auto* hashed = std::get_if<BucketTransform>(&transform)) return bucket(*hashed, source, *value);
  if (const auto* cut = std::get_if<TruncateTransform>(&transform)) return truncate(*cut, *value);
  return apply_simple(std::get<SimpleTransform>(transform), *value);
}

}  // namespace calve::iceberg
