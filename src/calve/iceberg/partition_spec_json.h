// Partition specs as JSON. Iceberg spec: "Appendix C", Partition Specs.

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "calve/base/result.h"
#include "calve/iceberg/partition_spec.h"

namespace calve::iceberg {

class JsonNode;
class JsonWriter;

// The first id that a partition field gets.
inline constexpr FieldId kFirstPartitionFieldId{1000};

// kInvalidData with the JSON pointer of what is wrong.
Result<PartitionSpec> parse_partition_spec(const JsonNode& node);
// A field whose id is 0 is written without one: whoever takes the spec assigns it.
void write_partition_spec(JsonWriter& json, const PartitionSpec& spec);

// The fields alone, as version 1 metadata and the header of a manifest have them. Fields without ids
// (version 1 allows that) count from 1000.
Result<std::vector<PartitionField>> parse_partition_fields(std::string_view text);
Result<std::vector<PartitionField>> parse_partition_fields(const JsonNode& node);
std::string serialize_partition_fields(const std::vector<PartitionField>& fields);
void write_partition_fields(JsonWriter& json, const std::vector<PartitionField>& fields);

}  // namespace calve::iceberg
