// What one worker made of an epoch.

#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "calve/base/ids.h"
#include "calve/base/time.h"
#include "calve/commit/ledger.h"
#include "calve/iceberg/data_file.h"
#include "calve/runtime/time_bins.h"

namespace calve::runtime {

struct EpochPart {
  std::vector<commit::LedgerRange> ranges;  // of the partitions that moved on
  std::vector<iceberg::DataFile> orders_files;
  std::vector<iceberg::DataFile> rejects_files;
  std::map<PartitionId, Offset> rejects_from;  // of the ranges with rejects: commit::EpochContents's
  std::optional<Timestamp> oldest_source_timestamp;
  TimeBins event_times;   // of valid events, for freshness from the event itself
  TimeBins source_times;  // of all events, for freshness from the source
};

}  // namespace calve::runtime
