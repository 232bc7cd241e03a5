// The text of types: schema.h's to_string and parse_primitive_type. Iceberg spec, "Appendix C: Schemas".
//
//   type := "boolean" | "int" | ... | "decimal(" precision "," scale ")" | "fixed[" length "]"
//
// White space inside the brackets is read as Java's writer and others have it.

#include <array>
#include <charconv>
#include <cstddef>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "calve/iceberg/schema.h"

namespace calve::iceberg {
namespace {

constexpr int kDecimalPrecisionMax = 38;

constexpr std::array<std::pair<PrimitiveKind, std::string_view>, 12> kNames = {{
    {PrimitiveKind::kBoolean, "boolean"},
    {PrimitiveKind::kInt, "int"},
    {PrimitiveKind::kLong, "long"},
    {PrimitiveKind::kFloat, "float"},
    {PrimitiveKind::kDouble, "double"},
    {PrimitiveKind::kDate, "date"},
    {PrimitiveKind::kTime, "time"},
    {PrimitiveKind::kTimestamp, "timestamp"},
    {PrimitiveKind::kTimestamptz, "timestamptz"},
    {PrimitiveKind::kString, "string"},
    {PrimitiveKind::kUuid, "uuid"},
    {PrimitiveKind::kBinary, "binary"},
}};

constexpr std::array<std::string_view, 6> kVersion3Types = {"timestamp_ns", "timestamptz_ns", "unknown",
                                                            "variant",      "geometry",       "geography"};

std::string_view trim(std::string_view text) {
  while (text.starts_with(' '))
    text.remove_prefix(1);
  while (text.ends_with(' '))
    text.remove_suffix(1);
  return text;
}

std::optional<int> parse_number(std::string_view text) {
  text = trim(text);
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// What stands between `prefix` and a closing bracket at the end.
std::optional<std::string_view> inside(std::string_view text, std::string_view prefix, char bracket) {
  if (!text.starts_with(prefix) || !text.ends_with(bracket)) return std::nullopt;
  return text.substr(prefix.size(), text.size() - prefix.size() - 1);
}

std::optional<DecimalType> parse_decimal(std::string_view arguments) {
  const std::size_t comma = arguments.find(',');
  if (comma == std::string_view::npos) return std::nullopt;
  const auto precision = parse_number(arguments.substr(0, comma));
  const auto scale = parse_number(arguments.substr(comma + 1));
  if (!precision || !scale || *precision < 1 || *precision > kDecimalPrecisionMax || *scale < 0 ||
      *scale > *precision) {
    return std::nullopt;
  }
  return DecimalType{.precision = *precision, .scale = *scale};
}

struct TypeText {
  std::string operator()(PrimitiveKind kind) const {
    return std::string(kNames[static_cast<std::size_t>(kind)].second);
  }
  std::string operator()(DecimalType type) const {
    return fmt::format("decimal({}, {})", type.precision, type.scale);
  }
  std::string operator()(FixedType type) const { return fmt::format("fixed[{}]", type.length_bytes); }
  std::string operator()(const Nested<StructType>&) const { return "struct"; }
  std::string operator()(const Nested<ListType>&) const { return "list"; }
  std::string operator()(const Nested<MapType>&) const { return "map"; }
};

static_assert([] {
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (static_cast<std::size_t>(kNames[i].first) != i) return false;
  }
  return true;
}());

}  // namespace

std::string to_string(const Type& type) {
  return std::visit(TypeText{}, type);
}

Result<Type> parse_primitive_type(std::string_view text) {
  for (const auto& [kind, name] : kNames) {
    if (text == name) return kind;
  }
  if (const auto arguments = inside(text, "decimal(", ')')) {
    if (const auto decimal = parse_decimal(*arguments)) return *decimal;
  }
  if (const auto argument = inside(text, "fixed[", ']')) {
    const auto length = parse_number(*argument);
    if (length && *length > 0) return FixedType{.length_bytes = *length};
  }
  for (const auto name : kVersion3Types) {
    if (text == name || (text.starts_with(name) && text.substr(name.size()).starts_with('('))) {
      return fail(
          ErrorKind::kUnsupported,
          fmt::format("This type came with Iceberg format version 3, which is not read yet: {}", text));
    }
  }
  return fail(ErrorKind::kInvalidData, fmt::format("Not an Iceberg type: {}", text));
}

}  // namespace calve::iceberg
