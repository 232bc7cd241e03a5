// Committer's clean-up after writers that are gone. What may be deleted is known, never guessed: a file
// that an open journal names, of an epoch that no snapshot holds and that the fence now keeps out for
// ever.

#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "calve/base/log.h"
#include "calve/commit/committer.h"

namespace calve::commit {
namespace {

using iceberg::Snapshot;
using iceberg::TableMetadata;

enum class Fate { kCommitted, kNeverCommitted, kUnclear };

// Whether the snapshot holds the epoch's files: its own, or one that it joined.
Result<bool> holds_epoch(const Snapshot& snapshot, const EpochFiles& files, const Journal& journal) {
  if (snapshot.id == files.snapshot_id) return true;
  const auto ledger = CALVE_TRY(read_ledger(snapshot.summary, journal.pipeline));
  return ledger && std::ranges::count(ledger->joined_epochs, journal.epoch) > 0;
}

// Whether the epoch is part of the table's history, as far back as the metadata knows it.
Result<Fate> fate_of(const TableMetadata& table, const EpochFiles& files, const Journal& journal) {
  const Snapshot* snapshot = iceberg::current_snapshot(table);
  while (snapshot != nullptr) {
    if (CALVE_TRY(holds_epoch(*snapshot, files, journal))) return Fate::kCommitted;
    // The epoch was opened on a table this old: an ancestor from here on cannot be its snapshot.
    if (snapshot->sequence_number <= files.opened_at || !snapshot->parent_id) return Fate::kNeverCommitted;
    snapshot = iceberg::find_snapshot(table, *snapshot->parent_id);
    if (snapshot == nullptr) return Fate::kUnclear;  // expired in between
  }
  return Fate::kNeverCommitted;
}

// Of the epoch's data files, whether any retained snapshot still refers to one.
Result<bool> is_referenced(storage::ObjectStore& store, const TableMetadata& table, const EpochFiles& files,
                           const Uuid& epoch) {
  std::set<std::string> names;
  for (std::int32_t number = 0; number < files.data_files; ++number) {
    names.insert(data_file_path(files, epoch, number));
  }
  std::set<std::string> seen;
  for (const Snapshot& snapshot : table.snapshots) {
    for (const auto& manifest :
         CALVE_TRY(iceberg::read_manifest_list(CALVE_TRY(store.read(snapshot.manifest_list))))) {
      if (!seen.insert(manifest.manifest_path).second) continue;
      const auto content = CALVE_TRY(iceberg::read_manifest(CALVE_TRY(store.read(manifest.manifest_path))));
      for (const auto& entry : content.entries) {
        if (names.contains(entry.data_file.file_path)) return true;
      }
    }
  }
  return false;
}

// Others have moved on over the journal's events, so nobody waits for its epoch.
bool is_covered(const Position& position, const Journal& journal) {
  if (journal.from.empty()) return true;  // an epoch without events: a clean-up that was cut short
  return std::ranges::any_of(journal.from, [&](const auto& begin) {
    const auto next = next_offset(position, begin.first);
    return next && *next > begin.second;
  });
}

}  // namespace

Result<void> Committer::raise_fence(Target target, iceberg::SequenceNumber above,
                                    const std::stop_token& stop) {
  TableCommitter& fenced = table(target);
  if (above < CALVE_TRY(read_fence(fenced.table(), options_.pipeline))) return {};
  const std::unique_ptr<Epoch> epoch = open_epoch();
  CALVE_TRY(epoch->open_journal({}));
  // A snapshot without files carries the fence: the head of the branch is what every catalog compares.
  CALVE_TRY(fenced.commit({.epoch = epoch->id(),
                           .files = epoch->files(target),
                           .ledger = {.pipeline = options_.pipeline, .source = options_.source},
                           .fence = above.plus(1)},
                          stop));
  return epoch->close();
}

// Whether the table holds nothing any more that only the journal names.
Result<bool> Committer::clean_up_table(Target target, const Journal& journal, const StillFilled& own,
                                       const std::stop_token& stop) {
  TableCommitter& of = table(target);
  const auto index = static_cast<std::size_t>(target);
  const EpochFiles& files = journal.tables[index];
  if (CALVE_TRY(fate_of(of.table(), files, journal)) == Fate::kCommitted) {
    CALVE_TRY(of.discard_lost_attempts(files, journal.epoch));
    return true;
  }
  if (target == Target::kRejects && files.data_files == 0) return true;
  if (!is_covered(position_, journal) || files.opened_at >= own.opened_at[index]) return false;
  CALVE_TRY(raise_fence(target, files.opened_at, stop));
  // The fence stands; only now is it certain that what is not committed never will be.
  CALVE_TRY(of.refresh());
  const Fate fate = CALVE_TRY(fate_of(of.table(), files, journal));
  if (fate == Fate::kCommitted ||
      (fate == Fate::kUnclear && CALVE_TRY(is_referenced(store_, of.table(), files, journal.epoch)))) {
    CALVE_TRY(of.discard_lost_attempts(files, journal.epoch));
  } else {
    CALVE_TRY(of.discard(files, journal.epoch));
  }
  return true;
}

Result<std::size_t> Committer::clean_up(const StillFilled& own, const std::stop_token& stop) {
  std::size_t left = 0;
  for (const OpenJournal& open : CALVE_TRY(read_journals(store_, orders_.table().location))) {
    const Journal& journal = open.journal;
    if (journal.pipeline != options_.pipeline || own.epochs.contains(journal.epoch)) continue;
    const bool is_rejects_clean = CALVE_TRY(clean_up_table(Target::kRejects, journal, own, stop));
    const bool is_orders_clean = CALVE_TRY(clean_up_table(Target::kOrders, journal, own, stop));
    if (!is_rejects_clean || !is_orders_clean) {
      ++left;
      continue;
    }
    CALVE_TRY(store_.remove(open.path));
    log::info("cleaned up epoch {} of a writer that is gone", to_string(journal.epoch));
  }
  return left;
}

Result<std::size_t> Committer::clean_up(const Epoch& own, const std::stop_token& stop) {
  return clean_up(StillFilled{.epochs = {own.id()},
                              .opened_at = {own.opened_at(Target::kOrders), own.opened_at(Target::kRejects)}},
                  stop);
}

}  // namespace calve::commit
