// A pipeline's tables, before it writes to them.

#pragma once

#include <stop_token>
#include <string>

#include "calve/base/result.h"
#include "calve/base/time.h"
#include "calve/catalog/catalog.h"
#include "calve/iceberg/partition_spec.h"
#include "calve/iceberg/schema.h"

namespace calve::commit {

struct WantedTable {
  catalog::TableIdentifier identifier;
  iceberg::Schema schema;
  iceberg::PartitionSpec partition_spec;  // of a new table; one that exists keeps its own
};

// Makes the table if there is none, else evolves its schema so that it takes every row of the wanted
// one. Racing calls of several processes end in one table. kConfig, naming the field, if the table's
// schema cannot be evolved to it: nothing was changed.
Result<void> set_up_table(catalog::Catalog& catalog, const WantedTable& wanted, const Clock& clock,
                          const std::stop_token& stop);

}  // namespace calve::commit
