// The engine inside the committer task: the sealed parts of one checkpoint become one snapshot.
//
// Exactly once rests on the table alone, as in the native runtime: a part is delivered again after a
// restart, from a savepoint or under another job id, and finds itself committed.

#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string_view>

#include "calve/base/ids.h"
#include "calve/base/result.h"
#include "calve/base/time.h"
#include "calve/commit/committer.h"
#include "calve/runtime/sealed_part.h"
#include "calve/runtime/task.h"

namespace calve::runtime {

// One thread at a time; one committer per job.
class PartCommitter {
 public:
  // Takes the position from the tables, which exist. Errors are commit::Committer::resume's.
  static Result<std::unique_ptr<PartCommitter>> open(const TaskParts& parts, TaskOptions options);

  enum class Outcome {
    kCommitted,
    kAlreadyThere,  // the table holds all its events: committed before, or by another job
  };
  struct Done {
    Outcome outcome = Outcome::kCommitted;
    SnapshotId snapshot_id;
    std::int64_t valid = 0;
    std::int64_t rejected = 0;
    std::int64_t files = 0;
    std::int64_t bytes = 0;
    std::optional<Milliseconds> freshness;  // of the oldest event, by its source's timestamp
  };
  // Checkpoints are committed in their order. Errors:
  //   kFenced           another job or process reads the same partitions, or the table was rolled back: the
  //                     parts can never be committed; the message says what to do
  //   kUnknownOutcome   call again with the same bytes, from this object or another
  //   kInvalidData      no committable, or the circuit breaker: nothing was committed
  //   a retryable kind  nothing was committed; call again with the same bytes
  Result<Done> commit(std::string_view committable, const std::stop_token& stop);

  const commit::CommitStats& orders_stats() const { return committer_.orders().stats(); }

 private:
  using OpenedAt = std::array<iceberg::SequenceNumber, 2>;  // by commit::Target

  PartCommitter(const TaskParts& parts, TaskOptions options);
  enum class Coverage { kNext, kCovered };
  // Where the parts stand beside the table's position.
  Result<Coverage> coverage(const std::vector<SealedPart>& parts);
  void clean_up(const std::vector<SealedPart>& committed, const std::stop_token& stop);

  const TaskParts parts_;
  const TaskOptions options_;
  commit::Committer committer_;
  RejectLimit reject_limit_;
  std::optional<OpenedAt> oldest_before_;  // of the epochs that the last commit held
  std::chrono::steady_clock::time_point next_clean_up_;
};

}  // namespace calve::runtime
