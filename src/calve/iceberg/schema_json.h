// Schemas as JSON. Iceberg spec: "Appendix C: JSON serialization", Schemas.
//
// Members that we do not know survive on schemas and fields; on list, map and inner struct types,
// where no version has any, they are refused.

#pragma once

#include <string>
#include <string_view>

#include "calve/base/result.h"
#include "calve/iceberg/schema.h"

namespace calve::iceberg {

class JsonNode;
class JsonWriter;

// kInvalidData with the JSON pointer of what is wrong, field ids used twice and identifier fields that
// are not there included; kUnsupported for types of format version 3, naming type and field.
Result<Schema> parse_schema(std::string_view text);
Result<Schema> parse_schema(const JsonNode& node);

std::string serialize_schema(const Schema& schema);
void write_schema(JsonWriter& json, const Schema& schema);

}  // namespace calve::iceberg
