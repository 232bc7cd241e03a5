// Where events come from: a Kafka topic or a file log, behind one interface.
//
//   source                 coordinator's thread           worker's thread (one ReaderSet each)
//     poll()      ───────▶ Assigned{p}: ask the table
//     open({p,start}) ───▶ PartitionReader  ─────────────▶ ReaderSet::add, then read(), read(), ...
//     poll()      ───────▶ Revoked{p}  ──────────────────▶ ReaderSet::remove
//     release({p}) ◀────── when the workers let go
//
// The caller decides where reading starts; no source keeps or chooses a position. Readers share no
// lock with one another, so each may be read by a thread of its own.

#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <variant>
#include <vector>

#include "calve/base/ids.h"
#include "calve/base/result.h"
#include "calve/base/time.h"
#include "calve/batch/log_identity.h"
#include "calve/batch/record_batch.h"

namespace calve::source {

struct ReadLimits {
  std::size_t records_max = 8'192;
  std::size_t bytes_max = std::size_t{4} << 20;  // of payloads; the record that reaches it is the last
  Milliseconds wait_max{100};                    // for the first record
};

enum class ReadOutcome {
  kBatch,    // the range moved on; it may hold no record at all (control records, aborted ones)
  kNothing,  // nothing new within wait_max, or a stop was requested; the batch is unspecified
};

// Wakes a worker that sleeps in ReaderSet::read.
class Waker;

// Reads one partition front to back. One thread at a time; must be destroyed before its Source.
class PartitionReader {
 public:
  virtual ~PartitionReader() = default;

  virtual PartitionId partition() const = 0;
  // Where the next batch begins: every record before it has been handed on.
  virtual Offset position() const = 0;

  // Resets `into` and fills it with [position(), to), sealed; never waits for records. wait_max is
  // not looked at. Errors, after which the position stays:
  //   kSourceGap     the position is no longer, or not yet, in the source
  //   kAccessDenied, kNotFound   the topic cannot be read any more
  //   kInvalidData   a line of a file log is longer than its limit
  // An unreachable broker is no error: nothing comes, and Source::health() says why.
  virtual Result<ReadOutcome> read(batch::RecordBatch& into, const ReadLimits& limits) = 0;

  // The reader wakes `waker` when read() may have something again; nullptr ends that.
  virtual void set_waker(Waker* waker) = 0;
  // How long a sleeper should at most sleep before it tries again unwoken.
  virtual Milliseconds retry_after() const = 0;
};

struct Assigned {
  std::vector<PartitionId> partitions;
  bool operator==(const Assigned&) const = default;
};
// Another process reads these from now on, or their membership was lost. What was read of them may
// still be committed: the table's own offset check decides.
struct Revoked {
  std::vector<PartitionId> partitions;
  bool operator==(const Revoked&) const = default;
};
using Event = std::variant<Assigned, Revoked>;

// Where records were deleted from the source before they were read.
enum class OnGap {
  kStop,  // kSourceGap
  kSkip,  // goes on with the earliest that is there, and logs what is lost
};

struct Start {
  PartitionId partition;
  std::optional<Offset> offset;  // none: the earliest that the source still holds
  OnGap on_gap = OnGap::kStop;

  bool operator==(const Start&) const = default;
};

struct Health {
  bool reachable = true;
  std::string reason;  // why not, or what was last wrong; empty if nothing was

  bool operator==(const Health&) const = default;
};

// Unless said otherwise a method belongs to one thread, the coordinator's. Those with a wait are
// bounded by an option of the implementation, named *_max.
class Source {
 public:
  virtual ~Source() = default;

  virtual const batch::LogIdentity& identity() const = 0;

  // Which partitions came or went; empty after wait_max. Call it at least every few seconds: it keeps
  // a group membership alive and finds new partitions. Errors stop the stream: kAccessDenied,
  // kNotFound, kSourceGap (the log was re-created under us).
  virtual Result<std::vector<Event>> poll(Milliseconds wait_max, const std::stop_token& stop) = 0;

  // One reader for each start, in their order. For an assigned partition, at first or again: a reader
  // opened before must have been destroyed. kSourceGap if a start is known to lie outside, but for
  // OnGap::kSkip: then the reader's position() is behind the start. A file log has no such gaps.
  virtual Result<std::vector<std::unique_ptr<PartitionReader>>> open(const std::vector<Start>& starts) = 0;

  // Lets partitions of a Revoked event go; their readers must have been destroyed. Until then the
  // group's other members wait for them.
  virtual Result<void> release(const std::vector<PartitionId>& partitions) = 0;

  // For every partition of the topic, whoever reads it: one past the last record that may be read
  // now. A reader whose position reached it has read all that was there at the time of the call.
  virtual Result<std::map<PartitionId, Offset>> end_offsets() = 0;

  // About end_offsets() of one partition, from what is known without asking: for lag. From any thread.
  virtual std::optional<Offset> known_end(PartitionId partition) const = 0;

  // Asks whether the log is still identity(). If so, all that was read before the call is proven to be of
  // that log: an identity never comes back. kSourceGap if it is another one. A broker that does not answer
  // is no evidence of that, and no error.
  virtual Result<void> check_identity() = 0;

  // Tells lag tools how far the table is. Advisory: best effort, does not wait.
  virtual void acknowledge(const std::map<PartitionId, Offset>& committed) = 0;

  // From any thread.
  virtual Health health() const = 0;
};

}  // namespace calve::source
