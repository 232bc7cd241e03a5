// The annotations under x-calve: what a table needs and JSON Schema has no word for.

#pragma once

#include <string>

#include "calve/contract/schema_document.h"
#include "calve/contract/schema_json.h"

namespace calve::contract {

// Of the root: the stream as a whole. All errors are kConfig with the annotation's pointer.
Result<StreamAnnotations> read_stream_annotations(const Json& document);

Result<FieldId> field_id_at(const Json& value, const std::string& pointer);
// An Iceberg type that a JSON value can become: boolean, int, long, double, decimal(p,s), string,
// uuid, date, timestamptz.
Result<iceberg::PrimitiveType> column_type_at(const Json& value, const std::string& pointer);

}  // namespace calve::contract
