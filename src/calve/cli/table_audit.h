// A table's files held against its metadata.

#pragma once

#include <map>
#include <string>
#include <vector>

#include "calve/base/ids.h"
#include "calve/base/result.h"
#include "calve/catalog/catalog.h"
#include "calve/iceberg/data_file.h"
#include "calve/storage/object_store.h"

namespace calve::cli {

// The data files of the current snapshot. kUnsupported if deletes apply to them: Calve writes none, and
// does not undo another engine's.
Result<std::vector<iceberg::DataFile>> live_files(storage::ObjectStore& store,
                                                  const iceberg::TableMetadata& table);

// Every complaint is one sentence for people. Empty: all is well.
//   - each file that a retained snapshot refers to is there, with its size;
//   - ledgers of the pipeline follow one another without gap or overlap, as far back as they reach;
//   - no object lies in the table's folders that neither a snapshot, nor the chain of metadata files, nor
//     an open journal (they lie with the orders table) accounts for.
Result<std::vector<std::string>> audit_table(storage::ObjectStore& store, const iceberg::TableMetadata& table,
                                             const std::string& pipeline, const std::string& orders_location);

}  // namespace calve::cli
