// Applies a compiled rule to the row that was just written.

#pragma once

#include "calve/contract/refusal.h"
#include "calve/contract/row_writer.h"
#include "calve/contract/rule.h"

namespace calve::contract {

// All values of the row are in its columns, and end_row() was not called yet. False, and `refusal`
// set, if the two sides differ or an amount needs more than 127 bits.
bool check_rule(const Rule& rule, RowWriter& row, Refusal& refusal);

}  // namespace calve::contract
