// A table's files held against its metadata.

#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "calve/base/result.h"
#include "calve/catalog/catalog.h"
#include "calve/cli/complaints.h"
#include "calve/cli/ledger_audit.h"
#include "calve/datafile/integer_columns.h"
#include "calve/iceberg/data_file.h"
#include "calve/iceberg/table_metadata.h"
#include "calve/storage/object_store.h"

namespace calve::cli {

// The data files of the current snapshot with all that the table says of them. Here a manifest that is
// missing or damaged is an error. kUnsupported if deletes apply to them, as below.
Result<std::vector<iceberg::DataFile>> live_files(storage::ObjectStore& store,
                                                  const iceberg::TableMetadata& table);

struct TableFiles {
  // Data files of the current snapshot; one that was appended twice is there twice.
  std::vector<datafile::DataFileLocation> live;
  // Every file that a retained snapshot refers to, by path, with its size if the table says one.
  std::map<std::string, std::optional<std::int64_t>> referred;
};

// Manifests and lists that are missing or damaged are complaints, and what they hold is left out.
// kUnsupported if deletes apply to the current snapshot: Calve writes none, and does not undo another
// engine's. Else the store's errors.
Result<TableFiles> read_table_files(storage::ObjectStore& store, const iceberg::TableMetadata& table,
                                    Complaints& complaints);

// Adds the place of each row in its source, by the columns that the engine adds. Files that are missing
// or damaged are left out; damaged ones are complaints. kInvalidData if the table has no such columns.
Result<void> collect_rows(storage::ObjectStore& store, const iceberg::TableMetadata& table,
                          const TableFiles& files, OffsetCounts TableRows::* rows, RowsByPartition& collected,
                          Complaints& complaints);

// Each file that a retained snapshot refers to is there, with its size.
Result<void> check_files(storage::ObjectStore& store, const TableFiles& files, Complaints& complaints);

// No object lies below the table's location that neither a snapshot, nor the run of metadata files, nor
// an open journal accounts for, no temporary file of a local store either. Engines may run meanwhile: the
// table is loaded again before a file is called stray.
struct StraySearch {
  storage::ObjectStore& store;
  catalog::Catalog& catalog;
  const catalog::TableIdentifier& identifier;
  const std::string& orders_location;  // journals lie there
};
Result<void> check_strays(const StraySearch& search, Complaints& complaints);

}  // namespace calve::cli
