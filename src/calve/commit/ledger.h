// What a snapshot of Calve's says of the events in it. It rides in the snapshot's summary:
//
//   calve.pipeline        orders
//   calve.source          {"cluster":"Xk9...","topic":"orders.created.v1","topic-id":"5f..."}
//   calve.ranges          [{"partition":0,"from":0,"to":1000,"valid":990,"rejected":10,
//                           "event-time-min-us":...,"event-time-max-us":...}, ...]
//   calve.epochs          ["<uuid>", ...] of further writers whose files this snapshot holds too; only of
//                         commits that many writers share
//   calve.freshness-ms    oldest event of the snapshot by its source's timestamp, to the commit
//
// docs/formats/ledger.md describes it for other readers.

#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "calve/base/ids.h"
#include "calve/base/result.h"
#include "calve/base/time.h"
#include "calve/base/uuid.h"
#include "calve/batch/log_identity.h"

namespace calve::commit {

// The stretch [from, to) of one partition that a snapshot accounts for, each of its events once.
struct LedgerRange {
  PartitionId partition;
  Offset from;
  Offset to;
  std::int64_t valid = 0;  // rows of this table for orders; for rejects what orders got of the range
  std::int64_t rejected = 0;
  std::optional<Timestamp> event_time_min;  // of the valid events
  std::optional<Timestamp> event_time_max;

  bool operator==(const LedgerRange&) const = default;
};

struct Ledger {
  std::string pipeline;
  batch::LogIdentity source;
  std::vector<LedgerRange> ranges;  // one per partition that the snapshot advances, ascending
  std::vector<Uuid> joined_epochs;  // besides the one that named the snapshot
  std::optional<Milliseconds> freshness;

  bool operator==(const Ledger&) const = default;
};

// In the summary of every snapshot of Calve's, and of no other writer's.
inline constexpr const char* kPipelineKey = "calve.pipeline";

using Summary = std::map<std::string, std::string>;

void write_ledger(const Ledger& ledger, Summary& summary);

// Nothing if the snapshot carries no ledger of that pipeline (a foreign writer's, another pipeline's).
// kInvalidData if it carries one that cannot be read.
Result<std::optional<Ledger>> read_ledger(const Summary& summary, const std::string& pipeline);

}  // namespace calve::commit
