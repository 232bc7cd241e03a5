// The partition tuple of a data file: record "r102", whose fields are the spec's, each ["null", type]:
//
//   boolean, int, long, float, double, string, binary  as Avro's own (binary: bytes)
//   date         int, logicalType date
//   time         long, logicalType time-micros
//   timestamp    long, logicalType timestamp-micros, adjust-to-utc false (timestamptz: true)
//   decimal(p,s) fixed of the fewest bytes that hold every value, logicalType decimal, big-endian
//   uuid         fixed[16], logicalType uuid
//   fixed[n]     fixed[n]

#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "calve/iceberg/json_writer.h"
#include "calve/iceberg/manifest_schema.h"

namespace calve::iceberg {
namespace {

// --- Schema -------------------------------------------------------------------------------------

// The fewest bytes whose two's complement holds every value of the precision.
int decimal_bytes(int precision) {
  __int128 largest = 1;
  for (int i = 0; i < precision; ++i)
    largest *= 10;
  return static_cast<int>(unscaled_to_big_endian(largest - 1).size());
}

// A fixed type needs a name; the others have none.
std::string fixed_name(const PrimitiveType& type) {
  if (const auto* decimal = std::get_if<DecimalType>(&type)) {
    return fmt::format("decimal_{}_{}", decimal->precision, decimal->scale);
  }
  if (const auto* fixed = std::get_if<FixedType>(&type)) return fmt::format("fixed_{}", fixed->length_bytes);
  return type == PrimitiveType(PrimitiveKind::kUuid) ? "uuid_fixed" : "";
}

std::string kind_schema(PrimitiveKind kind, std::string_view name) {
  switch (kind) {
    case PrimitiveKind::kBoolean:
      return R"("boolean")";
    case PrimitiveKind::kInt:
      return R"("int")";
    case PrimitiveKind::kLong:
      return R"("long")";
    case PrimitiveKind::kFloat:
      return R"("float")";
    case PrimitiveKind::kDouble:
      return R"("double")";
    case PrimitiveKind::kDate:
      return R"({"type":"int","logicalType":"date"})";
    case PrimitiveKind::kTime:
      return R"({"type":"long","logicalType":"time-micros"})";
    case PrimitiveKind::kTimestamp:
      return R"({"type":"long","logicalType":"timestamp-micros","adjust-to-utc":false})";
    case PrimitiveKind::kTimestamptz:
      return R"({"type":"long","logicalType":"timestamp-micros","adjust-to-utc":true})";
    case PrimitiveKind::kString:
      return R"("string")";
    case PrimitiveKind::kUuid:
      return fmt::format(R"({{"type":"fixed","name":"{}","size":16,"logicalType":"uuid"}})", name);
    case PrimitiveKind::kBinary:
      return R"("bytes")";
  }
  __builtin_unreachable();
}

std::string column_schema(const PrimitiveType& type, std::string_view name) {
  if (const auto* decimal = std::get_if<DecimalType>(&type)) {
    return fmt::format(
        R"({{"type":"fixed","name":"{}","size":{},"logicalType":"decimal","precision":{},"scale":{}}})", name,
        decimal_bytes(decimal->precision), decimal->precision, decimal->scale);
  }
  if (const auto* fixed = std::get_if<FixedType>(&type)) {
    return fmt::format(R"({{"type":"fixed","name":"{}","size":{}}})", name, fixed->length_bytes);
  }
  return kind_schema(std::get<PrimitiveKind>(type), name);
}

// Avro's names are [A-Za-z_][A-Za-z0-9_]*; others are spelled as Iceberg's writers do, and the true name
// goes into an attribute.
std::string avro_name(std::string_view name) {
  std::string spelled;
  for (const char c : name) {
    const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    const bool is_digit = c >= '0' && c <= '9';
    if (is_digit && spelled.empty()) spelled += '_';
    if (is_letter || is_digit) {
      spelled += c;
    } else {
      spelled += fmt::format("_x{:X}", static_cast<unsigned char>(c));
    }
  }
  return spelled;
}

std::string tuple_schema(const std::vector<PartitionColumn>& columns) {
  // Avro has each name defined once. A second type of the same shape gets a name of its own rather than a
  // reference, which PyIceberg does not follow.
  std::set<std::string> defined;
  JsonWriter json;
  json.begin_object();
  json.member("type", "record");
  json.member("name", "r102");
  json.key("fields");
  json.begin_array();
  for (const PartitionColumn& column : columns) {
    const PrimitiveType type = column.type.value_or(PrimitiveKind::kBinary);
    std::string name = fixed_name(type);
    if (!defined.insert(name).second) name += fmt::format("_{}", column.id);
    json.begin_object();
    json.member("name", avro_name(column.name));
    json.key("type");
    json.raw(fmt::format(R"(["null",{}])", column_schema(type, name)));
    json.key("default");
    json.raw("null");
    json.member("field-id", column.id);
    if (avro_name(column.name) != column.name) json.member("iceberg-field-name", column.name);
    json.end_object();
  }
  json.end_array();
  json.end_object();
  return std::move(json).take();
}

// --- Values -------------------------------------------------------------------------------------

struct LiteralWriter {
  AvroEncoder& out;
  const PrimitiveType& type;

  void operator()(bool value) const { out.put_boolean(value); }
  void operator()(std::int32_t value) const { out.put_long(value); }
  void operator()(std::int64_t value) const { out.put_long(value); }
  void operator()(float value) const { out.put_float(value); }
  void operator()(double value) const { out.put_double(value); }
  void operator()(__int128 unscaled) const {
    const auto size = static_cast<std::size_t>(decimal_bytes(std::get<DecimalType>(type).precision));
    const std::string bytes = unscaled_to_big_endian(unscaled);
    out.put_fixed(std::string(size - bytes.size(), unscaled < 0 ? '\xff' : '\0') + bytes);
  }
  void operator()(const std::string& value) const { out.put_bytes(value); }
  void operator()(const Uuid& uuid) const {
    out.put_fixed({reinterpret_cast<const char*>(uuid.bytes.data()), uuid.bytes.size()});
  }
  void operator()(const Binary& value) const {
    if (std::holds_alternative<FixedType>(type)) {
      out.put_fixed(value.bytes);
    } else {
      out.put_bytes(value.bytes);
    }
  }
};

Result<Literal> read_literal(AvroDecoder& in, const AvroSchema& written) {
  const auto type = as_primitive(written);
  if (!type) return in.wrong("a partition value is of no type that Iceberg writes");
  switch (written.kind) {
    case AvroKind::kBoolean:
      return CALVE_TRY(in.boolean());
    case AvroKind::kInt:
      return static_cast<std::int32_t>(CALVE_TRY(read_avro_integer(
          in, written, std::numeric_limits<std::int32_t>::min(), std::numeric_limits<std::int32_t>::max())));
    case AvroKind::kLong:
      return CALVE_TRY(in.long_value());
    case AvroKind::kFloat:
      return CALVE_TRY(in.float_value());
    case AvroKind::kDouble:
      return CALVE_TRY(in.double_value());
    case AvroKind::kBytes:
    case AvroKind::kString:
    case AvroKind::kFixed: {
      auto literal = from_binary(CALVE_TRY(read_avro_bytes(in, written)), *type);
      if (!literal) return in.wrong(literal.error().message);
      return literal;
    }
    case AvroKind::kNull:
    case AvroKind::kEnum:
    case AvroKind::kArray:
    case AvroKind::kMap:
    case AvroKind::kUnion:
    case AvroKind::kRecord:
      break;  // as_primitive gives none
  }
  __builtin_unreachable();
}

// A value written before its column was widened.
Literal widen(Literal literal, const PrimitiveType& type) {
  if (const auto* narrow = std::get_if<std::int32_t>(&literal);
      narrow && type == PrimitiveType(PrimitiveKind::kLong)) {
    return std::int64_t{*narrow};
  }
  if (const auto* narrow = std::get_if<float>(&literal);
      narrow && type == PrimitiveType(PrimitiveKind::kDouble)) {
    return double{*narrow};
  }
  return literal;
}

Result<OptionalLiteral> read_column(AvroDecoder& in, const AvroSchema& written,
                                    const PartitionColumn& column) {
  const AvroSchema& branch = *CALVE_TRY(read_branch(in, written));
  if (branch.kind == AvroKind::kNull) return std::nullopt;
  Literal literal = CALVE_TRY(read_literal(in, branch));
  if (!column.type) return literal;
  literal = widen(std::move(literal), *column.type);
  if (!is_value_of(literal, *column.type)) {
    return in.wrong(fmt::format("a partition value is not of its field's type: field {}, type {}",
                                column.name, to_string(as_type(*column.type))));
  }
  return literal;
}

Result<void> read_tuple(AvroDecoder& in, const AvroSchema& written,
                        const std::vector<PartitionColumn>& columns, PartitionTuple& tuple) {
  const AvroSchema& record = *CALVE_TRY(read_branch(in, written));
  if (record.kind != AvroKind::kRecord) return in.wrong("a partition tuple is not a record");
  tuple.assign(columns.size(), std::nullopt);
  for (const AvroField& field : record.fields) {
    const auto column =
        std::ranges::find_if(columns, [&](const PartitionColumn& c) { return field.id == c.id; });
    if (column == columns.end()) {
      CALVE_TRY(skip(in, field.schema));
    } else {
      tuple[static_cast<std::size_t>(column - columns.begin())] =
          CALVE_TRY(read_column(in, field.schema, *column));
    }
  }
  return {};
}

}  // namespace

Result<std::vector<PartitionColumn>> partition_columns(const PartitionSpec& spec, const Schema& schema) {
  std::vector<PartitionColumn> columns;
  const StructType type = CALVE_TRY(partition_type(spec, schema));
  columns.reserve(type.fields.size());
  for (const NestedField& field : type.fields) {
    columns.push_back({.id = field.id, .name = field.name, .type = as_primitive(field.type)});
  }
  return columns;
}

std::vector<PartitionColumn> untyped_partition_columns(const PartitionSpec& spec) {
  std::vector<PartitionColumn> columns;
  columns.reserve(spec.fields.size());
  for (const PartitionField& field : spec.fields)
    columns.push_back({.id = field.field_id, .name = field.name});
  return columns;
}

AvroType<PartitionTuple> partition_tuple_type(std::vector<PartitionColumn> columns) {
  std::string schema = tuple_schema(columns);
  // Shared by the two functions of the type and their copies.
  const auto shared = std::make_shared<const std::vector<PartitionColumn>>(std::move(columns));
  return {.schema = std::move(schema),
          .write =
              [shared](AvroEncoder& out, const PartitionTuple& tuple) {
                for (std::size_t i = 0; i < shared->size(); ++i) {
                  out.put_long(tuple[i] ? 1 : 0);
                  if (tuple[i]) std::visit(LiteralWriter{out, *(*shared)[i].type}, *tuple[i]);
                }
              },
          .read = [shared](AvroDecoder& in, const AvroSchema& written,
                           PartitionTuple& tuple) { return read_tuple(in, written, *shared, tuple); }};
}

}  // namespace calve::iceberg
