// What a source hands on: the raw events of one partition, with their places.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "calve/base/ids.h"
#include "calve/base/time.h"

namespace calve::batch {

// A contiguous stretch [from, to) of one partition. Offsets inside it that carry no record (control
// records, compacted or aborted ones; for a file log every byte but the first of a line) are
// accounted for by the range: reading goes on at `to`.
//
// Payloads lie back to back in `bytes`, in order of their offsets, followed by kPadding bytes that
// belong to nobody, so that a SIMD parser may read past the last payload.
struct RecordBatch {
  static constexpr std::size_t kPadding = 64;  // simdjson asks for SIMDJSON_PADDING = 64
  static constexpr std::uint32_t kTombstone = UINT32_MAX;

  struct Record {
    Offset offset;
    Timestamp timestamp;       // the source's own: Kafka's record timestamp, or when a file log was read
    std::uint32_t begin = 0;   // into bytes
    std::uint32_t length = 0;  // kTombstone: the record has no value, which differs from an empty one

    bool operator==(const Record&) const = default;
  };

  PartitionId partition;
  Offset from;
  Offset to;
  std::string bytes;
  std::vector<Record> records;

  static bool is_tombstone(const Record& record) { return record.length == kTombstone; }
  // Empty for a tombstone. Valid as long as `bytes` is not changed.
  std::string_view payload(const Record& record) const {
    return is_tombstone(record) ? std::string_view()
                                : std::string_view(bytes).substr(record.begin, record.length);
  }

  // Append a record; call seal() once after the last one.
  void append(Offset offset, Timestamp timestamp, std::string_view payload);
  void append_tombstone(Offset offset, Timestamp timestamp);
  // Adds the padding and sets the end of the range.
  void seal(Offset end);
  // Empties the batch and keeps its memory, for the next one.
  void reset(PartitionId next_partition, Offset begin);

  std::size_t payload_bytes() const { return bytes.size() < kPadding ? 0 : bytes.size() - kPadding; }
};

}  // namespace calve::batch
