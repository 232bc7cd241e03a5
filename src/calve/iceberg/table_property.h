// Table properties are text. These read one as what its name promises. Iceberg: TableProperties, whose names
// and defaults the callers use.

#pragma once

#include <cstdint>

#include "calve/iceberg/table_metadata.h"

namespace calve::iceberg {

// What holds where the table does not say, or says something that is no number and none of true and false:
// a property that a person mistyped must not stop a stream.
std::int64_t number_property(const TableMetadata& table, const char* name, std::int64_t otherwise);

enum class Otherwise { kNo, kYes };
bool is_enabled(const TableMetadata& table, const char* name, Otherwise otherwise);

}  // namespace calve::iceberg
