// An Iceberg schema as Glue's columns, for people and tools that browse the catalog; readers of the table
// take its metadata file.

#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "calve/iceberg/schema.h"
#include "calve/iceberg/table_metadata.h"

namespace calve::catalog {

// In Hive's words: "bigint", "decimal(12,2)", "struct<city:string>". A uuid and a time are strings there.
std::string hive_type(const iceberg::Type& type);

// [{"Name", "Type", "Comment", "Parameters": {"iceberg.field.id", ...}}, ...]: the current schema's
// columns, then those that only earlier ones have.
nlohmann::json glue_columns(const iceberg::TableMetadata& metadata);

}  // namespace calve::catalog
