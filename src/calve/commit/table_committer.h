// Commits epochs to one table: compare-and-swap with an offset check, until the outcome is certain.

#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include "calve/base/result.h"
#include "calve/base/retry.h"
#include "calve/base/time.h"
#include "calve/catalog/catalog.h"
#include "calve/commit/append.h"
#include "calve/commit/expiry_sweep.h"
#include "calve/commit/manifest_cache.h"
#include "calve/storage/object_store.h"

namespace calve::commit {

// Where the time of commits went, and how often they met others. Since construction.
struct CommitStats {
  std::int64_t commits = 0;
  std::int64_t conflicts = 0;         // swaps lost to another
  std::int64_t retries = 0;           // swaps that were not applied
  std::int64_t unknown_outcomes = 0;  // swaps whose answer was lost
  std::int64_t merged_manifests = 0;  // written in the place of several
  std::int64_t expired_snapshots = 0;
  double manifest_seconds = 0;
  double manifest_list_seconds = 0;
  double swap_seconds = 0;
};

// One commit is under way at a time; one thread.
class TableCommitter {
 public:
  struct Options {
    // How patiently a swap is repeated; attempts beyond kCommitAttemptsMax are not made.
    RetryPolicy retry{.attempts_max = kCommitAttemptsMax,
                      .first_delay = Milliseconds(20),
                      .delay_max = Milliseconds(2'000),
                      .total_max = Milliseconds(120'000)};
  };
  // Catalog, store and clock outlive the committer.
  TableCommitter(catalog::Catalog& catalog, storage::ObjectStore& store, const Clock& clock,
                 catalog::TableIdentifier table, const Options& options);

  // Reads the table anew. Call it once before anything else, and whenever others may have committed.
  // kUnsupported for a table of format version 1: it keeps no sequence numbers. kFenced if the table is
  // no longer the one that was loaded before.
  Result<void> refresh();

  // As of the last refresh() or commit().
  const iceberg::TableMetadata& table() const { return loaded_->metadata; }
  const catalog::TableIdentifier& identifier() const { return identifier_; }

  // Makes the append a snapshot of the table, exactly once, or proves that it is none. The epoch's
  // journal must be open: it names what this writes.
  //   value             the table holds the snapshot now (it may have held it before: a repeated call)
  //   kFenced           it does not, and never will; its files may be deleted by discard()
  //   kUnknownOutcome   it could not be found out within the policy. Delete nothing, acknowledge
  //                     nothing; call again with the same append, or stop: the next start finds out.
  //   kUnsupported      it does, but the catalog dropped the property that records the position: stop
  //   any other kind    it does not, and the same call may be made again
  Result<void> commit(const Append& append, const std::stop_token& stop);

  // Whether the table, as of the last refresh(), holds the epoch. If the snapshots that would tell have been
  // expired, its files are looked for: false then means that nothing refers to them.
  Result<bool> holds(const EpochFiles& files, const Uuid& epoch, const std::string& pipeline);

  // Deletes every file that an epoch may have left in this table. Only for one that is proven to be
  // never committed. Missing files are no error.
  Result<void> discard(const EpochFiles& files, const Uuid& epoch);
  // Of a committed epoch, deletes the manifest lists and merged manifests of attempts that lost; only the
  // first `attempts` were made.
  Result<void> discard_lost_attempts(const EpochFiles& files, const Uuid& epoch,
                                     int attempts = kCommitAttemptsMax);

  // Deletes some files of snapshots that were expired so long ago that nobody may be reading them. Bounded
  // work; call it after commits. Reads the table anew when there is something to delete. On an error call
  // again later: nothing is forgotten.
  Result<ExpirySweep::Step> sweep();

  const CommitStats& stats() const { return stats_; }

 private:
  struct Written;

  Result<void> commit_once(const Append& append, const std::stop_token& stop);
  Result<void> write_manifests(const Append& append, Written& written);
  Result<catalog::SwapOutcome> attempt(const Append& append, Written& written, int number);
  Result<const std::vector<iceberg::ManifestFile>*> current_manifests();
  void merge_manifests(const Append& append, int number, Written& written);
  Result<MergedManifest> write_merged(const Append& append, int number,
                                      const std::vector<iceberg::ManifestFile>& chosen);
  void expire_snapshots(Written& written);
  Result<void> journal_expired(const std::vector<SnapshotId>& expired);
  Result<std::set<std::string>> manifests_since(SnapshotId committed);

  catalog::Catalog& catalog_;
  storage::ObjectStore& store_;
  const Clock& clock_;
  catalog::TableIdentifier identifier_;
  Options options_;
  std::optional<catalog::LoadedTable> loaded_;
  // The manifest list of `manifests_of_`, kept from commit to commit so that it is read only after
  // somebody else's.
  std::optional<SnapshotId> manifests_of_;
  std::vector<iceberg::ManifestFile> manifests_;
  ManifestCache written_manifests_;
  ExpirySweep sweep_;
  // The snapshot of the last commit() if it may have left more attempts than the next call will make.
  std::optional<SnapshotId> unsettled_;
  CommitStats stats_;
};

}  // namespace calve::commit
