// Deletes the files of expired snapshots, once nobody may be reading them any more, in small steps.

#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <optional>
#include <string>

#include "calve/base/result.h"
#include "calve/base/time.h"
#include "calve/commit/expiry_journal.h"
#include "calve/iceberg/table_metadata.h"
#include "calve/storage/object_store.h"

namespace calve::commit {

// Of one table. One thread.
class ExpirySweep {
 public:
  static constexpr std::size_t kFilesPerStepMax = 64;

  // `store` outlives it.
  explicit ExpirySweep(storage::ObjectStore& store) : store_(store) {}

  // A journal that this process has written; those of others are listed once, by the first step.
  void add(std::string journal_path) { waiting_.push_back(std::move(journal_path)); }

  // Gives the newest version of the table, which lives until the step ends.
  using Load = std::function<Result<const iceberg::TableMetadata*>()>;
  enum class Step { kIdle, kDeleted };

  // Deletes up to kFilesPerStepMax files of the journal that has waited longest, if that is longer than the
  // table's grace. What a journal names is left if
  //   - the table still has one of its snapshots: the commit that should have taken it out did not happen; or
  //   - the table refers to one of its manifests: it was rolled back to such a snapshot in between.
  // `known` is any version of the table; the newest is loaded when there is something to delete. On an error
  // nothing is forgotten: call again.
  Result<Step> step(const iceberg::TableMetadata& known, Timestamp now, const Load& load);

 private:
  Result<void> take_up(const std::string& path, const Load& load);

  storage::ObjectStore& store_;
  bool is_listed_ = false;
  std::deque<std::string> waiting_;  // paths of journals, the longest expired first
  // Of the first of them, once it is due: what is still to be deleted.
  std::optional<std::deque<std::string>> files_;
};

}  // namespace calve::commit
