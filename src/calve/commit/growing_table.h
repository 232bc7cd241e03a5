// A table that a pipeline has committed to for a while, and what its last commits cost: counted, not timed.

#pragma once

#include <cstdint>

#include "calve/base/time.h"
#include "calve/catalog/hadoop_catalog.h"
#include "calve/commit/commit_under_test.h"
#include "calve/commit/committer.h"
#include "calve/commit/counting_store.h"

namespace calve::commit {

// Averages over the commits of one stretch, and the table as it is at its end.
struct Growth {
  std::int64_t objects_per_commit = 0;
  std::int64_t bytes_per_commit = 0;  // without data files
  std::int64_t snapshots = 0;
  std::int64_t manifests = 0;         // in the current list
  std::int64_t metadata_bytes = 0;    // of the current metadata.json
  std::int64_t metadata_objects = 0;  // in the metadata folder, whatever they are
};

// Made as `calve run` makes one; each commit adds one file with the metrics of 27 columns, ten seconds after
// the one before.
class GrowingTable {
 public:
  GrowingTable();
  Growth grow(int commits);

 private:
  void commit_one();

  CountingStore store_;
  TestClock clock_;
  catalog::HadoopCatalog catalog_{store_, "memory://warehouse", clock_};
  Committer committer_;
  std::int64_t next_ = 0;
};

}  // namespace calve::commit
