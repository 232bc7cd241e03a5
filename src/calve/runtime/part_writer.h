// The engine inside one writer task: records in, a sealed part out at each checkpoint.
//
// Records come in frames, many to a call, back to back, integers little endian:
//
//   frame ::= partition:i32 offset:i64 timestamp_ms:i64 length:i32 byte*
//     length >= 0  a record with that many bytes of value
//     length = -1  a record without a value (a tombstone)
//     length = -2  no record: from here on the partition is read by this task, beginning at `offset`
//
// The last kind comes before the first record of a partition. Offsets of a partition ascend; those
// that are left out hold no record (the source reads committed records only).

#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "calve/base/ids.h"
#include "calve/base/result.h"
#include "calve/batch/record_batch.h"
#include "calve/commit/committer.h"
#include "calve/runtime/epoch_writer.h"
#include "calve/runtime/task.h"

namespace calve::runtime {

// One thread at a time.
class PartWriter {
 public:
  // Takes the position from the tables, which exist. Errors are commit::Committer::resume's.
  static Result<std::unique_ptr<PartWriter>> open(const TaskParts& parts, TaskOptions options);
  // Deletes what was not sealed, as well as it can.
  ~PartWriter();

  // Records that the table holds already (the job was restored from before them) are passed over.
  // kInvalidData for bytes that are no frames. After any error: throw the writer away; the job restarts.
  Result<void> write(std::string_view frames);

  // Ends the epoch: its files are durable. Empty if it held no record. The part must reach
  // PartCommitter::commit(), or nobody may commit it any more: then Committer::clean_up() of a later
  // committer deletes its files.
  Result<std::string> seal();

  struct Counts {
    std::int64_t read = 0;
    std::int64_t bytes = 0;
    std::int64_t valid = 0;
    std::int64_t rejected = 0;
    std::int64_t passed_over = 0;
    std::map<std::string, std::int64_t, std::less<>> rejects_by_reason;
  };
  const Counts& counts() const { return counts_; }

 private:
  struct Frame;

  PartWriter(const TaskParts& parts, TaskOptions options);
  Result<void> start(PartitionId partition, Offset next);
  Result<void> take(const Frame& frame);
  // Hands the batch on.
  Result<void> flush();
  Result<void> open_epoch();

  const TaskOptions options_;
  commit::Committer committer_;
  std::unique_ptr<EpochWriter> writer_;         // there from open() on
  std::unique_ptr<commit::Epoch> epoch_;        // from its first record on
  std::map<PartitionId, Offset> first_wanted_;  // records below are in the table
  batch::RecordBatch batch_;
  bool is_batching_ = false;
  Counts counts_;
};

}  // namespace calve::runtime
