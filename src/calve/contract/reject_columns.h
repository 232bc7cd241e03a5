// The rejects table: analytics.orders_rejected for the table analytics.orders.

#pragma once

#include <span>
#include <string_view>

#include "calve/base/ids.h"
#include "calve/base/time.h"
#include "calve/batch/column_batch.h"
#include "calve/contract/reject.h"
#include "calve/iceberg/partition_spec.h"
#include "calve/iceberg/schema.h"
#include "calve/iceberg/sort_order.h"

namespace calve::contract {

// The same for every contract, so that tools read all rejects tables alike.
const iceberg::Schema& rejects_schema();
// By day(rejected_at): old rejects are dropped by whole files.
const iceberg::PartitionSpec& rejects_partition_spec();
// Unsorted: rejects are few, and arrive in the order of their offsets.
const iceberg::SortOrder& rejects_sort_order();

struct RejectOrigin {
  std::string_view topic;
  PartitionId partition;
  Timestamp rejected_at;
  std::string_view contract_version;
};

// Replaces the content of `rows`, keeping its memory. Its strings are views into `rejects`, their
// payloads, and `origin`. The payload is null for a tombstone.
void write_reject_columns(std::span<const Reject> rejects, const RejectOrigin& origin,
                          batch::ColumnBatch& rows);

}  // namespace calve::contract
