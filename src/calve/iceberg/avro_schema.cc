#include "calve/iceberg/avro_schema.h"

#include <algorithm>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "calve/iceberg/json_reader.h"

namespace calve::iceberg {
namespace {

struct KindName {
  AvroKind kind;
  std::string_view name;
};

constexpr KindName kPrimitiveNames[] = {
    {AvroKind::kNull, "null"},   {AvroKind::kBoolean, "boolean"}, {AvroKind::kInt, "int"},
    {AvroKind::kLong, "long"},   {AvroKind::kFloat, "float"},     {AvroKind::kDouble, "double"},
    {AvroKind::kBytes, "bytes"}, {AvroKind::kString, "string"},
};

struct Extent {
  std::size_t types = 1;
  int levels = 1;
};

Extent extent_of(const AvroSchema& schema) {
  Extent extent;
  const auto include = [&](const AvroSchema& inner) {
    const auto [types, levels] = extent_of(inner);
    extent.types += types;
    extent.levels = std::max(extent.levels, levels + 1);
  };
  for (const AvroSchema& member : schema.members)
    include(member);
  for (const AvroField& field : schema.fields)
    include(field.schema);
  return extent;
}

class SchemaParser {
 public:
  Result<AvroSchema> parse(const JsonNode& node, const std::string& space, int depth) {
    CALVE_TRY(count({.types = 1, .levels = 1}, depth));
    if (node.is_string()) return parse_name(node, space, depth);
    if (node.is_array()) return parse_union(node, space, depth);
    const JsonNode type = CALVE_TRY(node.member("type"));
    if (type.is_string()) return parse_object(node, type, space, depth);
    AvroSchema schema = CALVE_TRY(parse(type, space, depth + 1));
    CALVE_TRY(read_attributes(node, schema));
    return schema;
  }

 private:
  // A name that has been defined, or is being defined: then there is no schema yet.
  using Names = std::map<std::string, std::optional<AvroSchema>>;

  static std::unexpected<Error> beyond(std::string_view what, std::size_t limit) {
    return fail(
        ErrorKind::kUnsupported,
        fmt::format("an Avro schema is larger than any that Iceberg writes: more than {} {}", limit, what));
  }

  Result<void> count(Extent extent, int depth) {
    types_ += extent.types;
    if (types_ > kAvroSchemaTypesMax) return beyond("types", kAvroSchemaTypesMax);
    if (depth + extent.levels > kAvroSchemaDepthMax) return beyond("levels", kAvroSchemaDepthMax);
    return {};
  }

  static Result<void> read_attributes(const JsonNode& node, AvroSchema& schema) {
    schema.logical_type = CALVE_TRY(node.optional<std::string>("logicalType")).value_or(schema.logical_type);
    schema.precision = CALVE_TRY(node.optional<int>("precision")).value_or(schema.precision);
    schema.scale = CALVE_TRY(node.optional<int>("scale")).value_or(schema.scale);
    schema.adjust_to_utc = CALVE_TRY(node.optional<bool>("adjust-to-utc")).value_or(schema.adjust_to_utc);
    return {};
  }

  Result<AvroSchema> parse_name(const JsonNode& node, const std::string& space, int depth) {
    const auto name = CALVE_TRY(node.as<std::string>());
    for (const auto& [kind, primitive] : kPrimitiveNames) {
      if (name == primitive) return AvroSchema{.kind = kind};
    }
    auto found = names_.find(full_name(name, space));
    if (found == names_.end()) found = names_.find(name);
    if (found == names_.end()) return node.wrong("is not the name of an Avro type that is defined before it");
    if (!found->second) {
      return fail(ErrorKind::kUnsupported, fmt::format("an Avro type contains itself: {}", name));
    }
    CALVE_TRY(count(extent_of(*found->second), depth));
    return *found->second;
  }

  Result<AvroSchema> parse_union(const JsonNode& node, const std::string& space, int depth) {
    AvroSchema schema{.kind = AvroKind::kUnion};
    schema.members =
        CALVE_TRY(node.list([&](const JsonNode& branch) { return parse(branch, space, depth + 1); }));
    return schema;
  }

  Result<AvroSchema> parse_object(const JsonNode& node, const JsonNode& type, const std::string& space,
                                  int depth) {
    const auto kind = CALVE_TRY(type.as<std::string>());
    if (kind == "record" || kind == "fixed" || kind == "enum") return parse_named(node, kind, space, depth);
    AvroSchema schema;
    if (kind == "array") {
      schema = CALVE_TRY(parse_items(node, AvroKind::kArray, "items", space, depth));
    } else if (kind == "map") {
      schema = CALVE_TRY(parse_items(node, AvroKind::kMap, "values", space, depth));
    } else {
      schema = CALVE_TRY(parse_name(type, space, depth));
    }
    CALVE_TRY(read_attributes(node, schema));
    return schema;
  }

  Result<AvroSchema> parse_named(const JsonNode& node, std::string_view kind, const std::string& space,
                                 int depth) {
    const auto name = CALVE_TRY(node.required<std::string>("name"));
    const std::string full =
        full_name(name, CALVE_TRY(node.optional<std::string>("namespace")).value_or(space));
    if (!names_.emplace(full, std::nullopt).second) return node.wrong("defines an Avro name a second time");
    AvroSchema schema;
    if (kind == "record") {
      const std::size_t dot = full.rfind('.');
      schema = CALVE_TRY(parse_record(node, dot == std::string::npos ? "" : full.substr(0, dot), depth));
    } else if (kind == "fixed") {
      schema.kind = AvroKind::kFixed;
      schema.size_bytes = CALVE_TRY(node.required<std::int64_t>("size"));
      if (schema.size_bytes < 0) return node.wrong("has a negative size");
    } else {
      schema.kind = AvroKind::kEnum;
    }
    CALVE_TRY(read_attributes(node, schema));
    names_[full] = schema;
    return schema;
  }

  Result<AvroSchema> parse_items(const JsonNode& node, AvroKind kind, std::string_view member,
                                 const std::string& space, int depth) {
    AvroSchema schema{.kind = kind};
    const JsonNode items = CALVE_TRY(node.member(member));
    schema.members.push_back(CALVE_TRY(parse(items, space, depth + 1)));
    return schema;
  }

  Result<AvroSchema> parse_record(const JsonNode& node, const std::string& space, int depth) {
    AvroSchema schema{.kind = AvroKind::kRecord};
    const JsonNode fields = CALVE_TRY(node.member("fields"));
    schema.fields = CALVE_TRY(fields.list([&](const JsonNode& field) -> Result<AvroField> {
      const JsonNode type = CALVE_TRY(field.member("type"));
      AvroField parsed;
      parsed.id = CALVE_TRY(field.optional<FieldId>("field-id"));
      parsed.name = CALVE_TRY(field.required<std::string>("name"));
      parsed.schema = CALVE_TRY(parse(type, space, depth + 1));
      return parsed;
    }));
    return schema;
  }

  static std::string full_name(const std::string& name, const std::string& space) {
    return space.empty() || name.contains('.') ? name : space + '.' + name;
  }

  Names names_;
  std::size_t types_ = 0;
};

// A value that was read and is not wanted.
template <class T>
Result<void> passed(const Result<T>& value) {
  if (!value) return std::unexpected(value.error());
  return {};
}

}  // namespace

Result<AvroSchema> parse_avro_schema(std::string_view json) {
  const JsonDocument document = CALVE_TRY(JsonDocument::parse(json));
  return SchemaParser().parse(document.root(), "", 0);
}

std::optional<PrimitiveType> as_primitive(const AvroSchema& schema) {
  const std::string& logical = schema.logical_type;
  if (logical == "decimal" && (schema.kind == AvroKind::kFixed || schema.kind == AvroKind::kBytes)) {
    constexpr int kPrecisionMax = 38;
    if (schema.precision < 1 || schema.precision > kPrecisionMax) return std::nullopt;
    if (schema.scale < 0 || schema.scale > schema.precision) return std::nullopt;
    return DecimalType{.precision = schema.precision, .scale = schema.scale};
  }
  switch (schema.kind) {
    case AvroKind::kBoolean:
      return PrimitiveKind::kBoolean;
    case AvroKind::kInt:
      return logical == "date" ? PrimitiveKind::kDate : PrimitiveKind::kInt;
    case AvroKind::kLong:
      if (logical == "time-micros") return PrimitiveKind::kTime;
      if (logical == "local-timestamp-micros") return PrimitiveKind::kTimestamp;
      if (logical != "timestamp-micros") return PrimitiveKind::kLong;
      return schema.adjust_to_utc ? PrimitiveKind::kTimestamptz : PrimitiveKind::kTimestamp;
    case AvroKind::kFloat:
      return PrimitiveKind::kFloat;
    case AvroKind::kDouble:
      return PrimitiveKind::kDouble;
    case AvroKind::kBytes:
      return PrimitiveKind::kBinary;
    case AvroKind::kString:
      return PrimitiveKind::kString;
    case AvroKind::kFixed:
      if (logical == "uuid" && schema.size_bytes == sizeof(Uuid::bytes)) return PrimitiveKind::kUuid;
      if (!std::in_range<int>(schema.size_bytes)) return std::nullopt;
      return FixedType{.length_bytes = static_cast<int>(schema.size_bytes)};
    case AvroKind::kNull:
    case AvroKind::kEnum:
    case AvroKind::kArray:
    case AvroKind::kMap:
    case AvroKind::kUnion:
    case AvroKind::kRecord:
      return std::nullopt;
  }
  __builtin_unreachable();
}

Result<const AvroSchema*> read_branch(AvroDecoder& in, const AvroSchema& schema) {
  if (schema.kind != AvroKind::kUnion) return &schema;
  const std::int64_t branch = CALVE_TRY(in.long_value());
  if (branch < 0 || std::cmp_greater_equal(branch, schema.members.size())) {
    return in.wrong("an Avro union has no such branch");
  }
  return &schema.members[static_cast<std::size_t>(branch)];
}

Result<void> skip(AvroDecoder& in, const AvroSchema& schema) {
  switch (schema.kind) {
    case AvroKind::kNull:
      return {};
    case AvroKind::kBoolean:
      return passed(in.boolean());
    case AvroKind::kInt:
    case AvroKind::kLong:
    case AvroKind::kEnum:
      return passed(in.long_value());
    case AvroKind::kFloat:
      return passed(in.float_value());
    case AvroKind::kDouble:
      return passed(in.double_value());
    case AvroKind::kBytes:
    case AvroKind::kString:
      return passed(in.bytes());
    case AvroKind::kFixed:
      return passed(in.fixed(schema.size_bytes));
    case AvroKind::kArray:
      return in.items([&] { return skip(in, schema.members.front()); });
    case AvroKind::kMap:
      return in.items([&]() -> Result<void> {
        CALVE_TRY(passed(in.bytes()));
        return skip(in, schema.members.front());
      });
    case AvroKind::kUnion:
      return skip(in, *CALVE_TRY(read_branch(in, schema)));
    case AvroKind::kRecord:
      for (const AvroField& field : schema.fields) {
        CALVE_TRY(skip(in, field.schema));
      }
      return {};
  }
  __builtin_unreachable();
}

}  // namespace calve::iceberg
