#include "calve/commit/committer.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "calve/base/crash_point.h"
#include "calve/base/log.h"

namespace calve::commit {
namespace {

// Continues a range from what the table records, which for rejects may lie before or behind the range.
void continue_from(const Position& recorded, LedgerRange range, Append& append) {
  if (const auto next = next_offset(recorded, range.partition)) {
    range.from = *next;
  } else {
    append.begun.insert(range.partition);
  }
  append.ledger.ranges.push_back(range);
}

std::vector<JoinedEpoch> joined_epochs(const EpochContents& contents, Target target) {
  std::vector<JoinedEpoch> joined;
  joined.reserve(contents.joined.size());
  for (const Journal& journal : contents.joined) {
    joined.push_back(
        {.epoch = journal.epoch, .opened_at = journal.tables[static_cast<std::size_t>(target)].opened_at});
  }
  return joined;
}

std::vector<Uuid> ids_of(const std::vector<JoinedEpoch>& joined) {
  std::vector<Uuid> ids;
  ids.reserve(joined.size());
  for (const JoinedEpoch& epoch : joined)
    ids.push_back(epoch.epoch);
  return ids;
}

}  // namespace

Committer::Committer(catalog::Catalog& catalog, storage::ObjectStore& store, const Clock& clock,
                     Options options)
    : store_(store),
      clock_(clock),
      options_(std::move(options)),
      writer_(random_uuid()),
      orders_(catalog, store, clock, options_.orders, options_.table),
      rejects_(catalog, store, clock, options_.rejects, options_.table) {}

Result<void> Committer::resume() {
  // Rejects first: if another writer commits between the two looks, the position in rejects is the older
  // one, and its own check meets that.
  CALVE_TRY(rejects_.refresh());
  CALVE_TRY(orders_.refresh());
  position_ = CALVE_TRY(read_position(orders_.table(), options_.pipeline));
  rejects_position_ = CALVE_TRY(read_position(rejects_.table(), options_.pipeline));
  if (position_.source && !batch::may_be_same_log(*position_.source, options_.source)) {
    return fail(
        ErrorKind::kConfig,
        fmt::format("The topic is not the one that the table was filled from: it was deleted and made anew, "
                    "or this is another cluster. Point the source back, or set CALVE_PIPELINE and "
                    "ICEBERG_TABLE to new names to read the new topic from its start. Recorded: {} (id {}, "
                    "cluster {}); found: {} (id {}, cluster {})",
                    position_.source->topic, position_.source->topic_id, position_.source->cluster,
                    options_.source.topic, options_.source.topic_id, options_.source.cluster));
  }
  pass(CrashPoint::kAfterPositionsRead);
  return {};
}

std::optional<Offset> Committer::known_rejects(PartitionId partition) const {
  return next_offset(rejects_position_, partition);
}

std::unique_ptr<Epoch> Committer::open_epoch() const {
  return std::make_unique<Epoch>(
      store_, Epoch::Options{.pipeline = options_.pipeline,
                             .writer = writer_,
                             .orders_location = orders_.table().location,
                             .orders_sequence_number = orders_.table().last_sequence_number,
                             .rejects_location = rejects_.table().location,
                             .rejects_sequence_number = rejects_.table().last_sequence_number});
}

Result<void> Committer::check_follows(const Epoch& epoch, const EpochContents& contents) {
  const auto fenced = [](PartitionId partition, Offset from, Offset recorded) {
    return fail(
        ErrorKind::kFenced,
        fmt::format("Another writer moved the table on: partition {} was read from offset {}, the table "
                    "goes on from {}",
                    partition, from, recorded));
  };
  for (const LedgerRange& range : contents.ranges) {
    const auto recorded = next_offset(position_, range.partition);
    if (!recorded || *recorded == range.from) continue;
    // A repeated call, of what is committed whole?
    if (CALVE_TRY(orders_.holds(epoch.files(Target::kOrders), epoch.id(), options_.pipeline))) return {};
    return fenced(range.partition, range.from, *recorded);
  }
  if (contents.rejects_files.empty()) return {};
  for (const auto& [partition, from] : contents.rejects_from) {
    const auto known = known_rejects(partition);
    if (!known || *known <= from) continue;
    // Its own rejects, of a commit that was cut short before the orders?
    if (CALVE_TRY(rejects_.holds(epoch.files(Target::kRejects), epoch.id(), options_.pipeline))) return {};
    return fenced(partition, from, *known);
  }
  return {};
}

Result<void> Committer::commit_rejects(const Epoch& epoch, const EpochContents& contents,
                                       const std::stop_token& stop) {
  if (contents.rejects_files.empty()) return {};
  Append append{.epoch = epoch.id(),
                .files = epoch.files(Target::kRejects),
                .joined = joined_epochs(contents, Target::kRejects),
                .data_files = contents.rejects_files,
                .ledger = {.pipeline = options_.pipeline, .source = options_.source}};
  append.ledger.joined_epochs = ids_of(append.joined);
  for (const LedgerRange& range : contents.ranges) {
    const auto known = known_rejects(range.partition);
    if (range.rejected > 0 && (!known || *known < range.to)) continue_from(rejects_position_, range, append);
  }
  CALVE_TRY(rejects_.commit(append, stop));
  rejects_position_ = advance(std::move(rejects_position_), append.ledger);
  pass(CrashPoint::kAfterRejectsCommit);
  return {};
}

Result<void> Committer::commit_orders(const Epoch& epoch, const EpochContents& contents,
                                      const std::stop_token& stop) {
  Append append{
      .epoch = epoch.id(),
      .files = epoch.files(Target::kOrders),
      .joined = joined_epochs(contents, Target::kOrders),
      .data_files = contents.orders_files,
      .ledger = {.pipeline = options_.pipeline, .source = options_.source, .ranges = contents.ranges}};
  append.ledger.joined_epochs = ids_of(append.joined);
  for (const LedgerRange& range : contents.ranges) {
    if (!next_offset(position_, range.partition)) append.begun.insert(range.partition);
  }
  if (contents.oldest_source_timestamp) {
    append.ledger.freshness =
        std::chrono::floor<Milliseconds>(clock_.now() - *contents.oldest_source_timestamp);
  }
  CALVE_TRY(orders_.commit(append, stop));
  position_ = advance(std::move(position_), append.ledger);
  pass(CrashPoint::kAfterOrdersCommit);
  return {};
}

Result<void> Committer::commit(Epoch& epoch, const EpochContents& contents, const std::stop_token& stop) {
  std::map<PartitionId, Offset> from;
  for (const LedgerRange& range : contents.ranges)
    from[range.partition] = range.from;
  CALVE_TRY(epoch.open_journal(from));
  pass(CrashPoint::kAfterDataFiles);

  Result<void> committed = check_follows(epoch, contents);
  if (committed) committed = commit_rejects(epoch, contents, stop);
  if (committed) committed = commit_orders(epoch, contents, stop);
  if (!committed) {
    if (committed.error().kind != ErrorKind::kFenced) return committed;
    for (const Journal& journal : contents.joined) {
      Epoch joined(store_, journal);
      CALVE_TRY(give_up(joined, epoch));
    }
    CALVE_TRY(give_up(epoch));
    return committed;
  }
  for (const Journal& journal : contents.joined)
    CALVE_TRY(Epoch(store_, journal).close());
  return epoch.close();
}

void Committer::sweep() {
  for (TableCommitter* table : {&orders_, &rejects_}) {
    if (const auto swept = table->sweep(); !swept) {
      log::warn("files of expired snapshots are not deleted this time: {}", swept.error().message);
    }
  }
}

Result<void> Committer::give_up(Epoch& epoch) {
  return give_up(epoch, epoch);
}

Result<void> Committer::give_up(Epoch& epoch, const Epoch& named_by) {
  if (!epoch.is_journaled()) return {};
  for (const Target target : {Target::kOrders, Target::kRejects}) {
    TableCommitter& of = table(target);
    // Rejects that went ahead of their orders are in their table for good, and its position says so.
    if (!CALVE_TRY(of.holds(named_by.files(target), named_by.id(), options_.pipeline)))
      CALVE_TRY(of.discard(epoch.files(target), epoch.id()));
  }
  return epoch.close();
}

}  // namespace calve::commit
