// A pipeline's tables, before it writes to them.

#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "calve/base/result.h"
#include "calve/base/time.h"
#include "calve/catalog/catalog.h"
#include "calve/iceberg/partition_spec.h"
#include "calve/iceberg/schema.h"
#include "calve/iceberg/table_metadata.h"
#include "calve/iceberg/table_update.h"

namespace calve::commit {

struct WantedTable {
  catalog::TableIdentifier identifier;
  iceberg::Schema schema;
  iceberg::PartitionSpec partition_spec;  // of a new table; one that exists keeps its own
};

// What evolves the table's schema so that it takes every row of the wanted one. kConfig, naming the field, if
// it cannot be: the contract does not fit the table.
Result<std::vector<iceberg::TableUpdate>> schema_updates(const catalog::TableIdentifier& identifier,
                                                         const iceberg::TableMetadata& table,
                                                         const iceberg::Schema& wanted);

// Makes the table if there is none, else evolves its schema, as above. Racing calls of several processes
// end in one table. After an error nothing was changed.
Result<void> set_up_table(catalog::Catalog& catalog, const WantedTable& wanted, const Clock& clock,
                          const std::stop_token& stop);

}  // namespace calve::commit
