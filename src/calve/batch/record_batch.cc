#include "calve/batch/record_batch.h"

namespace calve::batch {

void RecordBatch::append(Offset offset, Timestamp timestamp, std::string_view payload) {
  records.push_back({.offset = offset,
                     .timestamp = timestamp,
                     .begin = static_cast<std::uint32_t>(bytes.size()),
                     .length = static_cast<std::uint32_t>(payload.size())});
  bytes.append(payload);
}

void RecordBatch::append_tombstone(Offset offset, Timestamp timestamp) {
  records.push_back({.offset = offset,
                     .timestamp = timestamp,
                     .begin = static_cast<std::uint32_t>(bytes.size()),
                     .length = kTombstone});
}

void RecordBatch::seal(Offset end) {
  bytes.append(kPadding, ' ');
  to = end;
}

void RecordBatch::reset(PartitionId next_partition, Offset begin) {
  partition = next_partition;
  from = begin;
  to = begin;
  bytes.clear();
  records.clear();
}

}  // namespace calve::batch
