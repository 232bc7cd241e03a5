// Committer's clean-up after writers that are gone. What may be deleted is known, never guessed: a file
// that an open journal names, of an epoch that no snapshot holds and that the fence now keeps out for
// ever.

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "calve/base/log.h"
#include "calve/commit/committer.h"
#include "calve/commit/fate.h"

namespace calve::commit {
namespace {

// An epoch without events: a clean-up was cut short.
bool is_of_clean_up(const Journal& journal) {
  return journal.from.empty();
}

// Others have moved on over the journal's events, so nobody waits for its epoch.
bool is_covered(const Position& position, const Journal& journal) {
  if (is_of_clean_up(journal)) return true;
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
  if (CALVE_TRY(fate_of(of.table(), files, journal.epoch, journal.pipeline)) == Fate::kCommitted) {
    CALVE_TRY(of.discard_lost_attempts(files, journal.epoch));
    return true;
  }
  // An epoch of events without rejects never writes there; a clean-up's own raises the fence there.
  if (target == Target::kRejects && files.data_files == 0 && !is_of_clean_up(journal)) return true;
  if (!is_covered(position_, journal) || files.opened_at >= own.opened_at[index]) return false;
  CALVE_TRY(raise_fence(target, files.opened_at, stop));
  // The fence stands; only now is it certain that what is not committed never will be.
  CALVE_TRY(of.refresh());
  const Fate fate = CALVE_TRY(fate_of(of.table(), files, journal.epoch, journal.pipeline));
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
    if (stop.stop_requested()) return fail(ErrorKind::kCancelled, "Stopped before all journals were settled");
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
