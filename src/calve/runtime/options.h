// How the native runtime runs. Its defaults serve tests; users meet those of cli/setting.cc.

#pragma once

#include <cstdint>
#include <string>

#include "calve/base/time.h"
#include "calve/catalog/table_identifier.h"
#include "calve/source/source.h"

namespace calve::runtime {

enum class Until {
  kStopped,    // go on until a stop is requested
  kSourceEnd,  // stop when everything that was in the source at the start is committed
};

struct Options {
  std::string pipeline = "orders";
  catalog::TableIdentifier orders;
  catalog::TableIdentifier rejects;
  Until until = Until::kStopped;

  int workers = 0;  // 0: one per core, at most one per partition

  // An epoch is sealed after this time, or earlier at this many bytes of events.
  Milliseconds commit_interval{1'000};
  std::int64_t epoch_bytes_max = std::int64_t{512} << 20;

  // Memory of the open Parquet writers of all workers together.
  std::int64_t open_writers_bytes_max = std::int64_t{128} << 20;

  // The stream stops, before offsets move, if more than this share of the newest events is rejected: of an
  // epoch's, or where epochs are smaller, of as many epochs' as make the second number. 1 turns it off.
  double rejects_share_max = 0.5;
  std::int64_t rejects_judged_from = 1'000;

  source::OnGap on_gap = source::OnGap::kStop;

  // After a stop was requested, how long the last commit may take.
  Milliseconds shutdown_timeout{30'000};
};

}  // namespace calve::runtime
