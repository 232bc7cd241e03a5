#include "calve/iceberg/partition_spec.h"

#include <fmt/format.h>

namespace calve::iceberg {
namespace {

Result<PrimitiveType> field_type(const PartitionField& field, const Schema& schema) {
  const NestedField* source = find_field(schema, field.source_id);
  if (source == nullptr) {
    // Version 1 keeps a dropped partition field in its spec as void; its value is null whatever its type.
    if (field.transform == Transform(SimpleTransform::kVoid)) return PrimitiveKind::kInt;
    return fail(ErrorKind::kConfig,
                fmt::format("a partition field's source column is not in the schema; use a partition spec "
                            "without it: field {}, source id {}",
                            field.name, field.source_id));
  }
  const auto source_type = as_primitive(source->type);
  if (!source_type) {
    return fail(ErrorKind::kConfig,
                fmt::format("a partition field's source column is not of a primitive type; choose another "
                            "column: field {}, source {} of type {}",
                            field.name, source->name, to_string(source->type)));
  }
  return result_type(field.transform, *source_type);
}

}  // namespace

Result<StructType> partition_type(const PartitionSpec& spec, const Schema& schema) {
  StructType type;
  for (const PartitionField& field : spec.fields) {
    const PrimitiveType primitive = CALVE_TRY(field_type(field, schema));
    type.fields.push_back({.id = field.field_id, .name = field.name, .type = as_type(primitive)});
  }
  return type;
}

}  // namespace calve::iceberg
