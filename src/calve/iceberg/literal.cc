// The binary form of a single value, by type (Iceberg spec, Appendix D):
//
//   boolean                            one byte, 0 or 1
//   int, date                          4 bytes, little-endian
//   long, time, timestamp, timestamptz 8 bytes, little-endian
//   float, double                      IEEE 754, little-endian
//   decimal(p, s)                      unscaled, two's complement, big-endian, as few bytes as hold it
//   string                             UTF-8
//   uuid                               16 bytes, in the order of its text
//   fixed[n], binary                   as they are

#include "calve/iceberg/literal.h"

#include <bit>
#include <cassert>
#include <cstddef>
#include <cstring>
#include <type_traits>

#include <fmt/format.h>

namespace calve::iceberg {
namespace {

static_assert(std::endian::native == std::endian::little, "numbers are copied as they lie in memory");

constexpr std::size_t kDecimalBytesMax = sizeof(__int128);

template <class Number>
std::string number_bytes(Number number) {
  std::string bytes(sizeof(Number), '\0');
  std::memcpy(bytes.data(), &number, sizeof(Number));
  return bytes;
}

template <class Number>
Number number_of(std::string_view bytes) {
  Number number{};
  bytes.copy(reinterpret_cast<char*>(&number), sizeof(Number));
  return number;
}

std::unexpected<Error> wrong_length(std::string_view bytes, const PrimitiveType& type) {
  return fail(ErrorKind::kInvalidData,
              fmt::format("a single value has the wrong number of bytes for its type: {} bytes for {}",
                          bytes.size(), to_string(as_type(type))));
}

template <class Number>
Result<Literal> parse_number(std::string_view bytes, const PrimitiveType& type) {
  if (bytes.size() != sizeof(Number)) return wrong_length(bytes, type);
  return Literal(number_of<Number>(bytes));
}

// A column widened from Narrow keeps the bounds that were written before.
template <class Number, class Narrow>
Result<Literal> parse_widened(std::string_view bytes, const PrimitiveType& type) {
  if (bytes.size() == sizeof(Narrow)) return Literal(static_cast<Number>(number_of<Narrow>(bytes)));
  return parse_number<Number>(bytes, type);
}

Result<Literal> parse_kind(std::string_view bytes, PrimitiveKind kind) {
  switch (kind) {
    case PrimitiveKind::kBoolean:
      if (bytes.size() != 1) return wrong_length(bytes, kind);
      return Literal(bytes[0] != 0);
    case PrimitiveKind::kInt:
    case PrimitiveKind::kDate:
      return parse_number<std::int32_t>(bytes, kind);
    case PrimitiveKind::kLong:
      return parse_widened<std::int64_t, std::int32_t>(bytes, kind);
    case PrimitiveKind::kTime:
    case PrimitiveKind::kTimestamp:
    case PrimitiveKind::kTimestamptz:
      return parse_number<std::int64_t>(bytes, kind);
    case PrimitiveKind::kFloat:
      return parse_number<float>(bytes, kind);
    case PrimitiveKind::kDouble:
      return parse_widened<double, float>(bytes, kind);
    case PrimitiveKind::kString:
      return Literal(std::string(bytes));
    case PrimitiveKind::kUuid: {
      Uuid uuid;
      if (bytes.size() != uuid.bytes.size()) return wrong_length(bytes, kind);
      std::memcpy(uuid.bytes.data(), bytes.data(), bytes.size());
      return Literal(uuid);
    }
    case PrimitiveKind::kBinary:
      return Literal(Binary{std::string(bytes)});
  }
  __builtin_unreachable();
}

Result<Literal> parse_decimal(std::string_view bytes, const DecimalType& type) {
  if (bytes.empty() || bytes.size() > kDecimalBytesMax) return wrong_length(bytes, type);
  Literal literal(unscaled_from_big_endian(bytes));
  if (!is_value_of(literal, type)) {
    return fail(ErrorKind::kInvalidData,
                fmt::format("a decimal has more digits than its type: {} for {}",
                            to_string(literal, DecimalType{.precision = 38, .scale = type.scale}),
                            to_string(Type(type))));
  }
  return literal;
}

bool is_value_of_kind(const Literal& literal, PrimitiveKind kind) {
  switch (kind) {
    case PrimitiveKind::kBoolean:
      return std::holds_alternative<bool>(literal);
    case PrimitiveKind::kInt:
    case PrimitiveKind::kDate:
      return std::holds_alternative<std::int32_t>(literal);
    case PrimitiveKind::kLong:
    case PrimitiveKind::kTime:
    case PrimitiveKind::kTimestamp:
    case PrimitiveKind::kTimestamptz:
      return std::holds_alternative<std::int64_t>(literal);
    case PrimitiveKind::kFloat:
      return std::holds_alternative<float>(literal);
    case PrimitiveKind::kDouble:
      return std::holds_alternative<double>(literal);
    case PrimitiveKind::kString:
      return std::holds_alternative<std::string>(literal);
    case PrimitiveKind::kUuid:
      return std::holds_alternative<Uuid>(literal);
    case PrimitiveKind::kBinary:
      return std::holds_alternative<Binary>(literal);
  }
  __builtin_unreachable();
}

__int128 power_of_ten(int exponent) {
  __int128 power = 1;
  for (int i = 0; i < exponent; ++i)
    power *= 10;
  return power;
}

}  // namespace

std::string unscaled_to_big_endian(__int128 unscaled) {
  std::size_t length = kDecimalBytesMax;
  // The top byte is needed unless it only repeats the sign that the next one carries.
  while (length > 1 && unscaled >> (8 * (length - 1) - 1) == unscaled >> 127)
    --length;
  std::string bytes(length, '\0');
  for (std::size_t i = 0; i < length; ++i) {
    bytes[i] = static_cast<char>(unscaled >> (8 * (length - 1 - i)));
  }
  return bytes;
}

__int128 unscaled_from_big_endian(std::string_view bytes) {
  assert(!bytes.empty() && bytes.size() <= kDecimalBytesMax);
  // Begins as the sign, which the shifts push ahead of the bytes.
  const bool is_negative = (static_cast<unsigned char>(bytes[0]) & 0x80U) != 0;
  unsigned __int128 unscaled = is_negative ? ~static_cast<unsigned __int128>(0) : 0;
  for (const char byte : bytes)
    unscaled = unscaled << 8 | static_cast<unsigned char>(byte);
  return static_cast<__int128>(unscaled);
}

bool is_value_of(const Literal& literal, const PrimitiveType& type) {
  if (const auto* decimal = std::get_if<DecimalType>(&type)) {
    const auto* unscaled = std::get_if<__int128>(&literal);
    if (unscaled == nullptr) return false;
    const __int128 limit = power_of_ten(decimal->precision);
    return -limit < *unscaled && *unscaled < limit;
  }
  if (const auto* fixed = std::get_if<FixedType>(&type)) {
    const auto* binary = std::get_if<Binary>(&literal);
    return binary != nullptr && std::cmp_equal(binary->bytes.size(), fixed->length_bytes);
  }
  return is_value_of_kind(literal, std::get<PrimitiveKind>(type));
}

std::string to_binary(const Literal& literal, [[maybe_unused]] const PrimitiveType& type) {
  assert(is_value_of(literal, type));
  return std::visit(
      [](const auto& value) -> std::string {
        using Value = std::remove_cvref_t<decltype(value)>;
        if constexpr (std::is_same_v<Value, __int128>) {
          return unscaled_to_big_endian(value);
        } else if constexpr (std::is_same_v<Value, std::string>) {
          return value;
        } else if constexpr (std::is_same_v<Value, Uuid>) {
          return {value.bytes.begin(), value.bytes.end()};
        } else if constexpr (std::is_same_v<Value, Binary>) {
          return value.bytes;
        } else {
          return number_bytes(value);
        }
      },
      literal);
}

Result<Literal> from_binary(std::string_view bytes, const PrimitiveType& type) {
  if (const auto* decimal = std::get_if<DecimalType>(&type)) return parse_decimal(bytes, *decimal);
  if (const auto* fixed = std::get_if<FixedType>(&type)) {
    if (std::cmp_not_equal(bytes.size(), fixed->length_bytes)) return wrong_length(bytes, type);
    return Literal(Binary{std::string(bytes)});
  }
  return parse_kind(bytes, std::get<PrimitiveKind>(type));
}

}  // namespace calve::iceberg
