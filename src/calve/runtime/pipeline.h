// The native runtime: a source's partitions through the stages into two tables, until a stop.
//
//   Pipeline pipeline(parts, options);
//   Result<Summary> done = pipeline.run(stop);      // blocks
//
// A coordinator (the thread that calls run) seals an epoch at each interval and commits it, one commit
// in flight; the workers fill the next epoch meanwhile. Calve's promises on crashes are kept by
// calve/commit; what runs here may be killed at any instruction.

#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include "calve/base/ids.h"
#include "calve/base/result.h"
#include "calve/base/time.h"
#include "calve/catalog/catalog.h"
#include "calve/commit/committer.h"
#include "calve/contract/contract.h"
#include "calve/runtime/health.h"
#include "calve/runtime/metrics.h"
#include "calve/runtime/options.h"
#include "calve/runtime/reject_limit.h"
#include "calve/runtime/worker.h"
#include "calve/source/source.h"
#include "calve/storage/object_store.h"

namespace calve::runtime {

// Of one run.
struct Summary {
  std::int64_t valid = 0;
  std::int64_t rejected = 0;
  std::int64_t commits = 0;
  std::int64_t fenced = 0;  // epochs given up because another writer had moved the table on
};

class Pipeline {
 public:
  // All of them outlive the pipeline.
  struct Parts {
    source::Source& source;
    const contract::Contract& contract;
    catalog::Catalog& catalog;
    storage::ObjectStore& store;
    const Clock& clock;
    Metrics& metrics;
    Health& health;
  };
  Pipeline(const Parts& parts, Options options);
  ~Pipeline();

  // Once. The tables exist and fit the contract. Ends with the last commit after `stop`, at the end of
  // the source (Until::kSourceEnd), or with an error:
  //   kSourceGap, kConfig, kAccessDenied, kInvalidData (the circuit breaker among them), ...
  //                      nothing was committed that should not be; the message has the next step
  //   kFenced            another process keeps taking the same partitions
  //   kUnknownOutcome    the last commit is unclear; a new start finds out
  Result<Summary> run(const std::stop_token& stop);

 private:
  Result<void> start();
  // Until a stop or the source's end, the last commit included.
  Result<void> stream(const std::stop_token& stop);
  Result<void> check_partitions() const;
  Result<void> handle_events(const std::stop_token& stop);
  Result<void> take_on(const std::vector<PartitionId>& partitions);
  Result<void> let_go(const std::vector<PartitionId>& partitions, const std::stop_token& stop);
  bool is_commit_due() const;
  // Seals, commits, and settles what can go wrong with it.
  Result<void> commit_epoch(const std::vector<PartitionId>& leaving, const std::stop_token& stop);
  Result<void> commit_last();
  Result<EpochPart> seal(const std::vector<PartitionId>& leaving, std::unique_ptr<commit::Epoch>& sealed);
  Result<void> commit(commit::Epoch& sealed, EpochPart& part, const std::stop_token& stop);
  // The circuit breaker, and whether the log is still the same.
  Result<void> check_may_commit(const EpochPart& part);
  void report(const EpochPart& part);
  // Gives up everything that is not committed and reads again from the table's position.
  Result<void> rewind(const Error& why, const std::stop_token& stop);
  Result<void> read_again();
  Result<bool> is_at_end();
  void give_up(commit::Epoch& epoch);
  // Now and then between commits.
  void clean_up(const std::stop_token& stop);
  // Once a run has reached the source's end: a run that is shorter than its interval cleans up too. Within
  // the shutdown's limit, and not after a stop.
  void clean_up_last(const std::stop_token& stop);

  const Parts parts_;
  const Options options_;
  const std::string topic_;
  commit::Committer committer_;
  RejectLimit reject_limit_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::set<PartitionId> owned_;
  std::unique_ptr<commit::Epoch> epoch_;  // the one that the workers fill
  std::map<PartitionId, Offset> ends_;    // Until::kSourceEnd: what was there at the start
  std::chrono::steady_clock::time_point last_seal_;
  std::chrono::steady_clock::time_point next_clean_up_;
  // Partitions whose last ranges held no event: where they began. They ride with the next commit.
  std::map<PartitionId, Offset> waiting_from_;
  int rewinds_in_a_row_ = 0;
  Summary summary_;
};

}  // namespace calve::runtime
