// How catalogs that are services number the fields of a new table, whatever ids it was asked for with.
// Iceberg: TypeUtil.assignFreshIds.

#pragma once

#include "calve/iceberg/schema.h"

namespace calve::catalog {

// Whether the ids of the schema are those that a service would give: from 1 on, all fields of a struct
// before what is nested in them.
bool is_numbered_afresh(const iceberg::Schema& schema);

}  // namespace calve::catalog
