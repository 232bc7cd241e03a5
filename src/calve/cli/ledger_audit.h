// The ledgers of a table's snapshots against one another and against the rows that are there.

#pragma once

#include <map>
#include <string>

#include "calve/base/ids.h"
#include "calve/base/result.h"
#include "calve/cli/account.h"
#include "calve/cli/complaints.h"
#include "calve/commit/position.h"
#include "calve/iceberg/table_metadata.h"

namespace calve::cli {

using RowsByPartition = std::map<PartitionId, TableRows>;

// From the current snapshot back through its ancestors, as far as none is expired: each partition's
// ranges end at the table's position and follow one another. kInvalidData if a ledger cannot be read.
Result<void> check_ledger_chain(const iceberg::TableMetadata& table, const std::string& pipeline,
                                Complaints& complaints);

// Each ledger of the orders table counts the rows of its ranges in both tables.
Result<void> check_ledger_counts(const iceberg::TableMetadata& orders, const std::string& pipeline,
                                 const RowsByPartition& rows, Complaints& complaints);

}  // namespace calve::cli
