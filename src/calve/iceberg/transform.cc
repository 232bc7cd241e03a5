#include <charconv>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "calve/iceberg/partition_spec.h"

namespace calve::iceberg {
namespace {

struct SimpleName {
  SimpleTransform transform;
  std::string_view name;
};

constexpr SimpleName kSimpleNames[] = {
    {SimpleTransform::kIdentity, "identity"}, {SimpleTransform::kYear, "year"},
    {SimpleTransform::kMonth, "month"},       {SimpleTransform::kDay, "day"},
    {SimpleTransform::kHour, "hour"},         {SimpleTransform::kVoid, "void"},
};

// The n of "<name>[n]", positive.
std::optional<std::int32_t> argument_of(std::string_view text, std::string_view name) {
  if (!text.starts_with(name)) return std::nullopt;
  text.remove_prefix(name.size());
  if (!text.starts_with('[') || !text.ends_with(']')) return std::nullopt;
  text = text.substr(1, text.size() - 2);
  std::int32_t argument = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), argument);
  if (error != std::errc() || end != text.data() + text.size() || argument <= 0) return std::nullopt;
  return argument;
}

bool is_instant(const PrimitiveType& type) {
  return type == PrimitiveType(PrimitiveKind::kTimestamp) ||
         type == PrimitiveType(PrimitiveKind::kTimestamptz);
}

bool is_date(const PrimitiveType& type) {
  return type == PrimitiveType(PrimitiveKind::kDate);
}

bool can_bucket(const PrimitiveType& type) {
  return type != PrimitiveType(PrimitiveKind::kBoolean) && type != PrimitiveType(PrimitiveKind::kFloat) &&
         type != PrimitiveType(PrimitiveKind::kDouble);
}

bool can_truncate(const PrimitiveType& type) {
  return std::holds_alternative<DecimalType>(type) || type == PrimitiveType(PrimitiveKind::kInt) ||
         type == PrimitiveType(PrimitiveKind::kLong) || type == PrimitiveType(PrimitiveKind::kString) ||
         type == PrimitiveType(PrimitiveKind::kBinary);
}

std::optional<PrimitiveType> simple_result(SimpleTransform transform, const PrimitiveType& source) {
  switch (transform) {
    case SimpleTransform::kIdentity:
    case SimpleTransform::kVoid:
      return source;
    case SimpleTransform::kYear:
    case SimpleTransform::kMonth:
      if (is_date(source) || is_instant(source)) return PrimitiveKind::kInt;
      return std::nullopt;
    case SimpleTransform::kDay:
      // The spec says int; Java, and every reader that follows it, types the same four bytes as date.
      if (is_date(source) || is_instant(source)) return PrimitiveKind::kDate;
      return std::nullopt;
    case SimpleTransform::kHour:
      if (is_instant(source)) return PrimitiveKind::kInt;
      return std::nullopt;
  }
  __builtin_unreachable();
}

std::optional<PrimitiveType> result_if_allowed(const Transform& transform, const PrimitiveType& source) {
  if (const auto* simple = std::get_if<SimpleTransform>(&transform)) return simple_result(*simple, source);
  if (std::holds_alternative<BucketTransform>(transform)) {
    return can_bucket(source) ? std::optional<PrimitiveType>(PrimitiveKind::kInt) : std::nullopt;
  }
  if (std::holds_alternative<TruncateTransform>(transform)) {
    return can_truncate(source) ? std::optional(source) : std::nullopt;
  }
  return std::nullopt;
}

}  // namespace

Transform parse_transform(std::string_view text) {
  for (const auto& [transform, name] : kSimpleNames) {
    if (text == name) return transform;
  }
  if (const auto buckets = argument_of(text, "bucket")) return BucketTransform{*buckets};
  if (const auto width = argument_of(text, "truncate")) return TruncateTransform{*width};
  return UnknownTransform{std::string(text)};
}

std::string to_string(const Transform& transform) {
  if (const auto* bucket = std::get_if<BucketTransform>(&transform)) {
    return fmt::format("bucket[{}]", bucket->buckets);
  }
  if (const auto* truncate = std::get_if<TruncateTransform>(&transform)) {
    return fmt::format("truncate[{}]", truncate->width);
  }
  if (const auto* unknown = std::get_if<UnknownTransform>(&transform)) return unknown->text;
  for (const auto& [simple, name] : kSimpleNames) {
    if (std::get<SimpleTransform>(transform) == simple) return std::string(name);
  }
  std::unreachable();
}

Result<PrimitiveType> result_type(const Transform& transform, const PrimitiveType& source) {
  if (const auto* unknown = std::get_if<UnknownTransform>(&transform)) {
    return fail(ErrorKind::kConfig,
                fmt::format("a partition transform is unknown; rows can be dealt by identity, bucket[n], "
                            "truncate[n], year, month, day, hour and void: {}",
                            unknown->text));
  }
  if (auto result = result_if_allowed(transform, source)) return *std::move(result);
  return fail(
      ErrorKind::kConfig,
      fmt::format("a partition transform does not take its source's type; choose another transform or "
                  "column: {} of {}",
                  to_string(transform), to_string(as_type(source))));
}

}  // namespace calve::iceberg
