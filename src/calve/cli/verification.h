// Proves of a pipeline's tables that they hold each event of the source exactly once.
//
// Reads the source from its start to the position that the orders table records, and of each data file
// the two columns that say where a row came from. Changes nothing, joins no consumer group, and may run
// beside writers: it holds against the source what the tables were when it began.

#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <stop_token>
#include <string>

#include "calve/base/ids.h"
#include "calve/base/result.h"
#include "calve/catalog/catalog.h"
#include "calve/cli/account.h"
#include "calve/cli/complaints.h"
#include "calve/contract/contract.h"
#include "calve/source/source.h"
#include "calve/storage/object_store.h"

namespace calve::cli {

enum class Strays { kSearch, kIgnore };

struct VerificationInputs {
  source::Source& source;  // new: no partition was opened yet
  catalog::Catalog& catalog;
  storage::ObjectStore& store;
  const contract::Contract* contract;  // nullptr: events are not decoded, their verdicts not checked
  std::string pipeline;
  catalog::TableIdentifier orders;
  catalog::TableIdentifier rejects;
  Strays strays = Strays::kSearch;
};

struct VerificationProgress {
  std::atomic<std::int64_t> files = 0;
  std::atomic<std::int64_t> records = 0;
};

struct Verification {
  std::map<PartitionId, PartitionAccount> partitions;
  // Events of the source behind the table's position, as of when the source was met. No fault: the next run
  // reads them.
  std::int64_t not_read_yet = 0;
  Complaints complaints;

  PartitionAccount total() const;  // sums; without examples and positions
  bool is_exact() const;
};

// Errors say that it could not be found out:
//   kNotFound     there is no table yet
//   kConfig       the source is another log than the tables were filled from, or the pipeline's name is;
//                 the contract does not fit the table
//   kSourceGap    the source ends before the table's position
//   kUnsupported  another engine's delete files; rows of several pipelines
// and those of the source and the store. What is wrong with the tables is in the Verification.
Result<Verification> verify_tables(const VerificationInputs& inputs, VerificationProgress& progress,
                                   const std::stop_token& stop);

}  // namespace calve::cli
