// One thread that takes its partitions from bytes to encoded Parquet, without a lock on the way.
//
//   coordinator                       worker
//     add(readers)      ──────────▶   reads, decodes, writes, for the epoch it was given
//     seal(next epoch)  ──────────▶   closes its files
//                       ◀──────────   EpochPart, and goes on at once with the next epoch
//     abandon()         ──────────▶   drops readers and open files

#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <stop_token>
#include <thread>
#include <variant>
#include <vector>

#include "calve/base/ids.h"
#include "calve/base/result.h"
#include "calve/base/time.h"
#include "calve/batch/record_batch.h"
#include "calve/commit/epoch.h"
#include "calve/contract/decoder.h"
#include "calve/runtime/epoch_part.h"
#include "calve/runtime/epoch_writer.h"
#include "calve/runtime/health.h"
#include "calve/runtime/metrics.h"
#include "calve/source/reader_set.h"

namespace calve::runtime {

class Worker {
 public:
  // All that is referred to outlives the worker.
  struct Setup {
    EpochWriter::Setup writer;
    Metrics& metrics;
    Health& health;
  };
  static Result<std::unique_ptr<Worker>> start(const Setup& setup);
  // Stops the thread; open files leave nothing.
  ~Worker();

  // What follows is the coordinator's side; one thread calls it.

  struct NewReader {
    std::unique_ptr<source::PartitionReader> reader;
    std::optional<Offset> known_rejects;  // rejects below are in their table already
  };
  // `epoch` is the one that the readers' events go into; the worker uses it until it answers the
  // next seal() or abandon().
  void add(std::vector<NewReader> readers, commit::Epoch& epoch);

  // The epoch's part, when its files are durable. The worker goes on with `next`, without the readers
  // of `leaving`. After an error the worker idles until abandon().
  std::future<Result<EpochPart>> seal(commit::Epoch& next, std::vector<PartitionId> leaving);

  // Drops every reader and everything not sealed. The worker idles until add().
  std::future<void> abandon();

  // From any thread: bytes of events since the last seal.
  std::int64_t epoch_bytes() const { return epoch_bytes_.load(std::memory_order_relaxed); }
  // From any thread: the worker met an error that its next seal() will answer.
  bool has_failed() const { return has_failed_.load(std::memory_order_relaxed); }
  // From any thread: one past the last offset handed on, by partition.
  std::map<PartitionId, Offset> positions() const;

 private:
  struct Add {
    std::vector<NewReader> readers;
    commit::Epoch* epoch;
  };
  struct Seal {
    commit::Epoch* next;
    std::vector<PartitionId> leaving;
    std::promise<Result<EpochPart>> part;
  };
  struct Abandon {
    std::promise<void> done;
  };
  struct Nothing {};
  using Command = std::variant<Nothing, Add, Seal, Abandon>;

  void post(Command command);
  void run(const std::stop_token& stop);
  // Nothing while there is work; waits if there is none; no value once a stop is requested.
  std::optional<Command> next_command(const std::stop_token& stop);
  void obey(Command command);
  Result<void> step(const std::stop_token& stop);
  void count(const contract::Decoded& decoded);
  void set_position(PartitionId partition, Offset position);
  Result<EpochPart> finish_part();
  void drop_everything();

  Worker(const Setup& setup, std::unique_ptr<EpochWriter> writer);

  const Clock& clock_;
  Metrics& metrics_;
  Health& health_;
  const std::unique_ptr<EpochWriter> writer_;
  source::ReaderSet readers_;
  batch::RecordBatch batch_;
  std::set<PartitionId> partitions_;
  std::optional<Error> error_;

  std::atomic<std::int64_t> epoch_bytes_ = 0;
  std::atomic<bool> has_failed_ = false;
  mutable std::mutex positions_mutex_;
  std::map<PartitionId, Offset> positions_;
  std::mutex commands_mutex_;
  std::condition_variable_any posted_;
  std::deque<Command> commands_;  // the coordinator posts one at a time and waits
  std::jthread thread_;           // last: it uses all of the above
};

}  // namespace calve::runtime
