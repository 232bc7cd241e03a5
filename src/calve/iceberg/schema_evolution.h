// From the schema that a table has to the one that is wanted. Iceberg spec: "Schema Evolution".

#pragma once

#include <vector>

#include "calve/base/result.h"
#include "calve/iceberg/schema.h"
#include "calve/iceberg/table_metadata.h"
#include "calve/iceberg/table_update.h"

namespace calve::iceberg {

// The updates after which the table's current schema takes every row of `wanted`; none if it does
// already. Fields are matched by id, whatever their order. Compatible are
// - new optional fields, in the table or in a struct: they come after those that are there;
// - int to long, float to double, a decimal of more digits and the same scale;
// - required to optional;
// - another doc text. A field that is wanted without one keeps the table's.
// Anything else is kConfig, with the field's path and both sides: a field that is gone, renamed, of
// another type, required where the table has nulls, or new under an id that the table has used.
//
// The updates hold for this version of the table only: send them with AssertCurrentSchemaId and
// AssertLastAssignedFieldId.
Result<std::vector<TableUpdate>> evolve(const TableMetadata& table, const Schema& wanted);

}  // namespace calve::iceberg
