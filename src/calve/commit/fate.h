// Whether an epoch was committed, as the table tells it.

#pragma once

#include <string>

#include "calve/base/result.h"
#include "calve/base/uuid.h"
#include "calve/commit/journal.h"
#include "calve/iceberg/table_metadata.h"
#include "calve/storage/object_store.h"

namespace calve::commit {

enum class Fate {
  kCommitted,
  kNeverCommitted,  // not so far: a swap may still be under way, unless it asks for a head that is no more
  kUnclear,         // the snapshots in which it would be seen have been expired
};

// From the current snapshot back to the version of the table that the epoch was opened on: whether one of
// them is the epoch's own, or one that it joined. kInvalidData if a ledger of the pipeline cannot be read.
Result<Fate> fate_of(const iceberg::TableMetadata& table, const EpochFiles& files, const Uuid& epoch,
                     const std::string& pipeline);

// What settles kUnclear: whether any snapshot that is left refers to a file of the epoch. If none does, they
// may be deleted whatever became of it. Reads every manifest of the table until it finds one.
Result<bool> is_referenced(storage::ObjectStore& store, const iceberg::TableMetadata& table,
                           const EpochFiles& files, const Uuid& epoch);

}  // namespace calve::commit
