// An Avro schema as a file's writer declared it, with Iceberg's attributes. Avro specification:
// "Schema Declaration"; Iceberg spec: "Appendix A: Avro".

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "calve/base/ids.h"
#include "calve/base/result.h"
#include "calve/iceberg/avro_bytes.h"
#include "calve/iceberg/schema.h"

namespace calve::iceberg {

enum class AvroKind {
  kNull,
  kBoolean,
  kInt,
  kLong,
  kFloat,
  kDouble,
  kBytes,
  kString,
  kFixed,
  kEnum,
  kArray,
  kMap,
  kUnion,
  kRecord,
};

struct AvroField;

// References to named types are resolved: each use is a copy of the definition.
struct AvroSchema {
  AvroKind kind = AvroKind::kNull;
  std::string logical_type;  // empty: none
  int precision = 0;         // logical type decimal
  int scale = 0;
  bool adjust_to_utc = false;       // logical type timestamp-micros
  std::int64_t size_bytes = 0;      // fixed
  std::vector<AvroSchema> members;  // the branches of a union; the one item type of an array or a map
  std::vector<AvroField> fields;    // record
};

struct AvroField {
  std::optional<FieldId> id;
  std::string name;
  AvroSchema schema;
};

// Limits on what a file may declare, references resolved. Iceberg's manifests have 6 levels.
inline constexpr int kAvroSchemaDepthMax = 64;
inline constexpr std::size_t kAvroSchemaTypesMax = 20'000;

// kInvalidData for what is no schema, with its JSON pointer; kUnsupported for recursive types and beyond
// the limits.
Result<AvroSchema> parse_avro_schema(std::string_view json);

// The Iceberg type that Appendix A writes that way; none for nested and other types.
std::optional<PrimitiveType> as_primitive(const AvroSchema& schema);

// Where `schema` is a union, reads which branch follows and gives it; otherwise the schema itself.
Result<const AvroSchema*> read_branch(AvroDecoder& in, const AvroSchema& schema);

// Passes one value.
Result<void> skip(AvroDecoder& in, const AvroSchema& schema);

}  // namespace calve::iceberg
