// What the parts of a table's metadata must hold of each other. Java's TableMetadata refuses the same.

#pragma once

#include "calve/base/result.h"
#include "calve/iceberg/table_metadata.h"

namespace calve::iceberg {

// kInvalidData with the JSON pointer of the member that does not fit:
// - each id is there once, and ids that are referred to exist: current schema, default spec and sort
//   order, current snapshot, the snapshots of refs;
// - main, if it is there, is a branch and leads to the current snapshot;
// - sequence numbers are from 0 to last_sequence_number, no column's id is above last_column_id;
// - the logs are in order of time and none is ahead of last_updated, within a minute, which is what the
//   clocks of different writers may differ by.
Result<void> check_table_metadata(const TableMetadata& metadata);

}  // namespace calve::iceberg
