#include <cassert>

#include <fmt/format.h>

#include "calve/iceberg/civil_date.h"
#include "calve/iceberg/partition_spec.h"

namespace calve::iceberg {
namespace {

// Java's URLEncoder: letters, digits and ".-*_" as they are, a space as "+".
std::string url_encode(std::string_view text) {
  std::string encoded;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool is_letter_or_digit =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (is_letter_or_digit || c == '.' || c == '-' || c == '*' || c == '_') {
      encoded += c;
    } else if (c == ' ') {
      encoded += '+';
    } else {
      encoded += fmt::format("%{:02X}", byte);
    }
  }
  return encoded;
}

std::string simple_text(SimpleTransform transform, const PrimitiveType& type, const Literal& value) {
  switch (transform) {
    case SimpleTransform::kYear:
      return fmt::format("{:04}", 1970 + std::int64_t{std::get<std::int32_t>(value)});
    case SimpleTransform::kMonth: {
      const std::int64_t months = std::get<std::int32_t>(value);
      const std::int64_t years = floor_div(months, 12);
      return fmt::format("{:04}-{:02}", 1970 + years, months - years * 12 + 1);
    }
    case SimpleTransform::kHour: {
      const std::int64_t hours = std::get<std::int32_t>(value);
      const std::int64_t days = floor_div(hours, 24);
      const Literal date(static_cast<std::int32_t>(days));
      return fmt::format("{}-{:02}", to_string(date, PrimitiveKind::kDate), hours - days * 24);
    }
    case SimpleTransform::kIdentity:
    case SimpleTransform::kDay:
    case SimpleTransform::kVoid:
      return to_string(value, type);
  }
  __builtin_unreachable();
}

}  // namespace

std::string partition_path(const PartitionSpec& spec, const StructType& type, const PartitionTuple& tuple) {
  assert(spec.fields.size() == type.fields.size() && spec.fields.size() == tuple.size());
  std::string path;
  for (std::size_t i = 0; i < spec.fields.size(); ++i) {
    const PartitionField& field = spec.fields[i];
    if (i > 0) path += '/';
    path += url_encode(field.name) + '=' +
            url_encode(partition_text(field.transform, *as_primitive(type.fields[i].type), tuple[i]));
  }
  return path;
}

std::string partition_text(const Transform& transform, const PrimitiveType& type,
                           const OptionalLiteral& value) {
  const auto* simple = std::get_if<SimpleTransform>(&transform);
  if (simple == nullptr || !value) return to_string(value, type);
  return simple_text(*simple, type, *value);
}

}  // namespace calve::iceberg
