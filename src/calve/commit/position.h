// Where a pipeline stands, as the table itself records it: the only truth from which reading resumes.
//
// Every commit advances it in the same metadata swap, as the table property
//
//   calve.<pipeline>.position   {"snapshot-id":..,"sequence-number":..,"source":{..},"next":{"0":1000,..}}
//   calve.<pipeline>.fence      a sequence number; see Fence
//
// and each snapshot's ledger says by which ranges. The property makes the position survive what removes
// ledgers (snapshot expiry, a foreign engine's compaction); the ledgers make it survive what the
// property does not follow (a rollback of the table, which thereby is a replay).

#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "calve/base/ids.h"
#include "calve/base/result.h"
#include "calve/batch/log_identity.h"
#include "calve/commit/ledger.h"
#include "calve/iceberg/table_metadata.h"

namespace calve::commit {

struct Position {
  std::optional<batch::LogIdentity> source;  // none: nothing was ever committed
  std::map<PartitionId, Offset> next;        // a partition that is not there starts at its earliest

  bool operator==(const Position&) const = default;
};

// The position of `pipeline` in this version of the table:
//   - the property, if its snapshot is an ancestor of the current one, or has been expired under it;
//   - else (the table was rolled back below it) the newest ledgers of the remaining ancestors;
//   - else (some of these have been expired) the property less what the ledgers of the snapshots that were
//     rolled back had added to it.
// kInvalidData if none gives an answer; the message has the next step.
Result<Position> read_position(const iceberg::TableMetadata& metadata, const std::string& pipeline);

// Whether some pipeline's property does not hold, after a rollback: then its position is in the ledgers
// until it commits again, and no snapshot may be expired.
bool rests_on_ledgers(const iceberg::TableMetadata& metadata);

// The names of the pipelines that have a position here, ascending.
std::vector<std::string> pipelines_of(const iceberg::TableMetadata& metadata);

// Where reading of a partition resumes; none: at the earliest offset that the source holds.
std::optional<Offset> next_offset(const Position& position, PartitionId partition);

// The position after the ranges; partitions without one keep theirs.
Position advance(Position position, const Ledger& ledger);

// The property that records `position` as of the snapshot.
std::string position_property_name(const std::string& pipeline);
std::string position_property(const Position& position, SnapshotId snapshot,
                              iceberg::SequenceNumber sequence_number);

// --- Fence -----------------------------------------------------------------------------------------
// Epochs that were opened when the table was older than the fence may never be committed. Whoever
// cleans up after a dead writer raises the fence first, by a snapshot, and only then deletes the files:
// so a writer that was only asleep meets the fence before it can refer to them, even if the table
// was rolled back to the position that it holds. Never lowered.

std::string fence_property_name(const std::string& pipeline);
// 0 if none was raised. kInvalidData if the property is no number.
Result<iceberg::SequenceNumber> read_fence(const iceberg::TableMetadata& metadata,
                                           const std::string& pipeline);

}  // namespace calve::commit
