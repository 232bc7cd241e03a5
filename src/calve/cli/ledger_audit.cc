#include "calve/cli/ledger_audit.h"

#include <utility>

#include <fmt/format.h>

#include "calve/commit/ledger.h"

namespace calve::cli {
namespace {

// Calls visit(snapshot id, range) from the newest ledger to the oldest that is left.
template <class Visitor>
Result<void> for_each_range(const iceberg::TableMetadata& table, const std::string& pipeline,
                            Visitor&& visit) {
  const iceberg::Snapshot* snapshot = iceberg::current_snapshot(table);
  while (snapshot != nullptr) {
    if (const auto ledger = CALVE_TRY(commit::read_ledger(snapshot->summary, pipeline))) {
      for (const commit::LedgerRange& range : ledger->ranges)
        visit(snapshot->id, range);
    }
    snapshot = snapshot->parent_id ? iceberg::find_snapshot(table, *snapshot->parent_id) : nullptr;
  }
  return {};
}

std::int64_t rows_in(const OffsetCounts& rows, const commit::LedgerRange& range) {
  const std::int64_t from = range.from.value();
  const std::int64_t to = range.to.value();
  return rows.present().count(from, to) + rows.repeated().count(from, to);
}

}  // namespace

Result<void> check_ledger_chain(const iceberg::TableMetadata& table, const std::string& pipeline,
                                Complaints& complaints) {
  // Where the next younger range of each partition begins; at first, where the next commit would.
  std::map<PartitionId, Offset> next = CALVE_TRY(commit::read_position(table, pipeline)).next;
  return for_each_range(table, pipeline, [&](SnapshotId snapshot, const commit::LedgerRange& range) {
    const auto [younger, is_first] = next.try_emplace(range.partition, range.to);
    if (younger->second != range.to) {
      complaints.add(
          kLedgerChain,
          fmt::format("{}: partition {} of snapshot {} ends at offset {}, what follows begins at {}",
                      table.location, range.partition, snapshot, range.to, younger->second));
    }
    younger->second = range.from;
  });
}

Result<void> check_ledger_counts(const iceberg::TableMetadata& orders, const std::string& pipeline,
                                 const RowsByPartition& rows, Complaints& complaints) {
  static const TableRows kNoRows;
  return for_each_range(orders, pipeline, [&](SnapshotId snapshot, const commit::LedgerRange& range) {
    const auto found = rows.find(range.partition);
    const TableRows& of_partition = found == rows.end() ? kNoRows : found->second;
    const std::int64_t valid = rows_in(of_partition.orders, range);
    const std::int64_t rejected = rows_in(of_partition.rejects, range);
    if (valid == range.valid && rejected == range.rejected) return;
    complaints.add(
        kLedgerCounts,
        fmt::format("partition {} of snapshot {}, offsets [{}, {}): the ledger says {} orders and {} "
                    "rejects, the tables hold {} and {}",
                    range.partition, snapshot, range.from, range.to, range.valid, range.rejected, valid,
                    rejected));
  });
}

}  // namespace calve::cli
