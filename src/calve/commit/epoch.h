// One epoch of a writer: what lies between two commits. Hands out file names, and makes sure that the
// journal names a file before its first byte can be written.
//
//   epoch.next_data_file(..)   from the workers' threads, as files are opened
//   epoch.close()              by the coordinator, when the commit is proven or given up

#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "calve/base/ids.h"
#include "calve/base/result.h"
#include "calve/base/uuid.h"
#include "calve/commit/journal.h"
#include "calve/storage/object_store.h"

namespace calve::commit {

// Which of the pipeline's two tables.
enum class Target { kOrders = 0, kRejects = 1 };

class Epoch {
 public:
  // `store` outlives the epoch. `tables` are the orders and the rejects table as they stand.
  struct Options {
    std::string pipeline;
    Uuid writer;
    std::string orders_location;
    iceberg::SequenceNumber orders_sequence_number;
    std::string rejects_location;
    iceberg::SequenceNumber rejects_sequence_number;
  };
  Epoch(storage::ObjectStore& store, const Options& options);
  // An epoch that another process filled and sealed: `sealed` is its journal, which is in the store.
  Epoch(storage::ObjectStore& store, Journal sealed);
  Epoch(const Epoch&) = delete;
  Epoch& operator=(const Epoch&) = delete;

  // The path of the next data file. `partition` and `from` say whose events asked first; they go into
  // the journal when this call opens it. Blocks for one small write when it does, or when the names that
  // the journal holds are used up. From any thread. On an error nothing was named: try again or stop.
  Result<std::string> next_data_file(Target target, PartitionId partition, Offset from);

  // Opens the journal if it is not open yet: a commit may write manifests though no worker asked for a
  // data file. `from` as above, nothing if the epoch holds no events at all.
  Result<void> open_journal(const std::map<PartitionId, Offset>& from);

  const Uuid& id() const { return id_; }
  iceberg::SequenceNumber opened_at(Target target) const {
    return opened_at_[static_cast<std::size_t>(target)];
  }
  // The two below: call when no worker writes any more.
  const Journal& journal() const { return journal_; }
  const EpochFiles& files(Target target) const { return journal_.tables[static_cast<std::size_t>(target)]; }
  // Otherwise nothing was written.
  bool is_journaled() const { return is_journaled_; }

  // Removes the journal, if there is one. Only when each file that it names is referred to by a snapshot
  // or has been deleted.
  Result<void> close();

 private:
  Result<void> write_journal(Journal wanted);

  storage::ObjectStore& store_;
  const Uuid id_;
  const std::array<iceberg::SequenceNumber, 2> opened_at_;
  std::mutex mutex_;
  Journal journal_;  // data_files: names written into the journal object, not names handed out
  std::array<std::int32_t, 2> handed_out_ = {0, 0};
  bool is_journaled_ = false;
};

}  // namespace calve::commit
