// Commits a pipeline's epochs to its two tables, orders and rejects, as one.
//
// Rejects commit first. The position in orders is the truth from which reading resumes; the position in
// rejects only says which rejects are there already, so that an epoch that is read again after a crash
// between the two writes none of them twice. An epoch without rejects commits nothing there.

#pragma once

#include <array>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include "calve/base/ids.h"
#include "calve/base/result.h"
#include "calve/base/time.h"
#include "calve/base/uuid.h"
#include "calve/batch/log_identity.h"
#include "calve/catalog/catalog.h"
#include "calve/commit/epoch.h"
#include "calve/commit/ledger.h"
#include "calve/commit/position.h"
#include "calve/commit/table_committer.h"
#include "calve/iceberg/data_file.h"
#include "calve/storage/object_store.h"

namespace calve::commit {

// What the workers made of an epoch.
struct EpochContents {
  std::vector<LedgerRange> ranges;  // one per partition, each beginning where the position stands
  std::vector<iceberg::DataFile> orders_files;
  std::vector<iceberg::DataFile> rejects_files;  // without those below known_rejects()
  // Where known_rejects() was asked by somebody else, perhaps long ago: from which offset on the files hold
  // every reject of the partition's range. If the table has moved past it, the epoch is fenced.
  std::map<PartitionId, Offset> rejects_from;
  std::optional<Timestamp> oldest_source_timestamp;
  // Further epochs, sealed by other writers, whose ranges and files are among these: one snapshot for
  // all of them. Their journals are open.
  std::vector<Journal> joined;
};

// What clean-up must leave alone.
struct StillFilled {
  std::set<Uuid> epochs;
  // By Target: no epoch that is being filled was opened on an older version of the table. No fence is
  // raised that would reach it.
  std::array<iceberg::SequenceNumber, 2> opened_at;
};

// Belongs to one thread, the coordinator's.
class Committer {
 public:
  struct Options {
    std::string pipeline;
    batch::LogIdentity source;
    catalog::TableIdentifier orders;
    catalog::TableIdentifier rejects;
    TableCommitter::Options table;
  };
  // Catalog, store and clock outlive the committer. The tables exist.
  Committer(catalog::Catalog& catalog, storage::ObjectStore& store, const Clock& clock, Options options);

  // Takes the position from the tables. First of all calls, and again after kFenced. kConfig if the
  // position belongs to another log than the source: the topic was re-created.
  Result<void> resume();

  // As of resume(), moved on by each commit().
  const Position& position() const { return position_; }
  // Rejects of that partition below this offset are in the table already: do not write them again.
  std::optional<Offset> known_rejects(PartitionId partition) const;

  std::unique_ptr<Epoch> open_epoch() const;

  // Commits the epoch whole, and those that join it, or gives them up whole. Errors are those of
  // TableCommitter::commit:
  //   kFenced           given up, its files are deleted; call resume() and read again from there
  //   kUnknownOutcome   leave everything as it is and stop
  //   any other kind    may be called again with the same arguments
  Result<void> commit(Epoch& epoch, const EpochContents& contents, const std::stop_token& stop);

  // Deletes the files of an epoch that is certainly not committed (never handed to commit(), or its last
  // answer was neither success nor kUnknownOutcome), and closes it.
  Result<void> give_up(Epoch& epoch);

  // Cleans up after writers that are gone: closes the journals of what they committed, and fences off
  // and deletes what they left and others have covered since. Leaves what may still be somebody's, and
  // what is too young to be fenced off without reaching what is being filled here. Says how many
  // journals of others are still open: call again after further commits. kCancelled between two journals.
  Result<std::size_t> clean_up(const StillFilled& own, const std::stop_token& stop);
  Result<std::size_t> clean_up(const Epoch& own, const std::stop_token& stop);

  // Deletes some files of snapshots that were expired long ago; call it after commits. Bounded work, and best
  // effort: what fails is tried again by the next call.
  void sweep();

  const TableCommitter& orders() const { return orders_; }
  const TableCommitter& rejects() const { return rejects_; }

 private:
  TableCommitter& table(Target target) { return target == Target::kOrders ? orders_ : rejects_; }
  // Asked before rejects go ahead of their orders, so that those of an epoch that cannot follow never do.
  Result<void> check_follows(const Epoch& epoch, const EpochContents& contents);
  Result<void> commit_rejects(const Epoch& epoch, const EpochContents& contents, const std::stop_token& stop);
  Result<void> commit_orders(const Epoch& epoch, const EpochContents& contents, const std::stop_token& stop);
  Result<void> raise_fence(Target target, iceberg::SequenceNumber above, const std::stop_token& stop);
  // `named_by` is the epoch whose snapshot ids a commit of it would have borne.
  Result<void> give_up(Epoch& epoch, const Epoch& named_by);
  Result<bool> clean_up_table(Target target, const Journal& journal, const StillFilled& own,
                              const std::stop_token& stop);

  storage::ObjectStore& store_;
  const Clock& clock_;
  Options options_;
  Uuid writer_;
  TableCommitter orders_;
  TableCommitter rejects_;
  Position position_;
  Position rejects_position_;
};

}  // namespace calve::commit
