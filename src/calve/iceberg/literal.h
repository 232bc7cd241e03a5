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

// Appendix D's binary form. The literal must be the type's alternative.
std::string to_binary(const Literal& literal, const PrimitiveType& type);
// kInvalidData if the bytes are not a value of the type.
Result<Literal> from_binary(std::string_view bytes, const PrimitiveType& type);

// For people and for partition paths: "2026-11-24", "12.30", "9f2c...".
std::string to_string(const OptionalLiteral& literal, const PrimitiveType& type);

}  // namespace calve::iceberg
