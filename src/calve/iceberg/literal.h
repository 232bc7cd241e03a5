// Single values outside of data files: partition tuples, bounds of columns, arguments of transforms.
// Iceberg spec: "Appendix D: Single-value serialization" (binary), "Appendix C" (JSON).

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "calve/base/result.h"
#include "calve/base/uuid.h"
#include "calve/iceberg/schema.h"

namespace calve::iceberg {

// Which alternative a type uses: boolean bool; int, date int32; long, time, timestamp, timestamptz int64;
// decimal of any precision __int128 (unscaled); string std::string; binary, fixed Binary.
struct Binary {
  std::string bytes;

  auto operator<=>(const Binary&) const = default;
};

using Literal =
    std::variant<bool, std::int32_t, std::int64_t, float, double, __int128, std::string, Uuid, Binary>;

// A missing value is null, in partition tuples and nowhere else.
using OptionalLiteral = std::optional<Literal>;

// Whether the literal is the type's alternative, has no more digits than a decimal's precision and
// as many bytes as a fixed.
bool is_value_of(const Literal& literal, const PrimitiveType& type);

// Appendix D's binary form. The literal must be a value of the type.
std::string to_binary(const Literal& literal, const PrimitiveType& type);
// kInvalidData if the bytes are not a value of the type. A long takes an int's bytes and a double a
// float's: bounds outlive a widening of their column. Strings are not checked to be UTF-8.
Result<Literal> from_binary(std::string_view bytes, const PrimitiveType& type);

// Two's complement in the fewest bytes, and back from 1 to 16 bytes.
std::string unscaled_to_big_endian(__int128 unscaled);
__int128 unscaled_from_big_endian(std::string_view bytes);

// For people and for partition paths, as Iceberg's Java library puts it: "2026-11-24", "12.30",
// binary and fixed in base64, "null".
std::string to_string(const OptionalLiteral& literal, const PrimitiveType& type);

}  // namespace calve::iceberg
