#include "calve/commit/epoch.h"

#include <utility>

#include "calve/base/crash_point.h"
#include "calve/base/random.h"

namespace calve::commit {
namespace {

// Names per write of the journal. Most epochs need a handful; a back-fill over many table partitions
// takes further blocks.
constexpr std::int32_t kNamesPerBlock = 64;

}  // namespace

Epoch::Epoch(storage::ObjectStore& store, const Options& options)
    : store_(store),
      id_(random_uuid()),
      opened_at_{options.orders_sequence_number, options.rejects_sequence_number},
      journal_{.pipeline = options.pipeline,
               .epoch = id_,
               .writer = options.writer,
               .tables = {{.location = options.orders_location,
                           .snapshot_id = SnapshotId(random_positive_int64()),
                           .opened_at = options.orders_sequence_number},
                          {.location = options.rejects_location,
                           .snapshot_id = SnapshotId(random_positive_int64()),
                           .opened_at = options.rejects_sequence_number}}} {}

Epoch::Epoch(storage::ObjectStore& store, Journal sealed)
    : store_(store),
      id_(sealed.epoch),
      opened_at_{sealed.tables[0].opened_at, sealed.tables[1].opened_at},
      journal_(std::move(sealed)),
      is_journaled_(true) {}

Result<void> Epoch::write_journal(Journal wanted) {
  CALVE_TRY(
      store_.write(journal_path(wanted.tables.front().location, wanted.epoch), serialize_journal(wanted)));
  journal_ = std::move(wanted);
  is_journaled_ = true;
  pass(CrashPoint::kAfterJournal);
  return {};
}

Result<std::string> Epoch::next_data_file(Target target, PartitionId partition, Offset from) {
  const std::lock_guard lock(mutex_);
  const auto index = static_cast<std::size_t>(target);
  if (handed_out_[index] == journal_.tables[index].data_files) {
    Journal longer = journal_;
    longer.tables[index].data_files += kNamesPerBlock;
    if (!is_journaled_) longer.from = {{partition, from}};
    CALVE_TRY(write_journal(std::move(longer)));
  }
  return data_file_path(journal_.tables[index], journal_.epoch, handed_out_[index]++);
}

Result<void> Epoch::open_journal(const std::map<PartitionId, Offset>& from) {
  const std::lock_guard lock(mutex_);
  if (is_journaled_) return {};
  Journal opened = journal_;
  opened.from = from;
  return write_journal(std::move(opened));
}

Result<void> Epoch::close() {
  if (!is_journaled_) return {};
  CALVE_TRY(store_.remove(journal_path(journal_.tables.front().location, journal_.epoch)));
  is_journaled_ = false;
  pass(CrashPoint::kAfterJournalClosed);
  return {};
}

}  // namespace calve::commit
