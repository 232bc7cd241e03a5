// The stage: raw events -> columns of the table, and rejects.

#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "calve/base/time.h"
#include "calve/batch/column_batch.h"
#include "calve/batch/record_batch.h"
#include "calve/contract/contract.h"
#include "calve/contract/reject.h"

namespace calve::contract {

// A longer payload is rejected unread. Kafka's own default for a message is 1 MiB.
inline constexpr std::size_t kPayloadBytesMax = 16 << 20;

// Each record of the batch is in exactly one of `rows` and `rejects`, both in the order of offsets.
struct Decoded {
  batch::ColumnBatch rows;  // in the leaf order of Contract::table_schema(), engine columns included
  std::vector<Reject> rejects;
  std::uint64_t unknown_fields = 0;         // of the accepted events: fields that the contract does not name
  std::optional<Timestamp> min_event_time;  // of the accepted events, by x-calve/event-time
  std::optional<Timestamp> max_event_time;
};

// One owner, one thread; make one per worker. Owns the parser and all memory that a batch needs and
// keeps it for the next: once the largest batch was seen, an accepted event allocates nothing. A
// rejected one allocates its words.
class Decoder {
 public:
  // The contract must outlive the decoder.
  explicit Decoder(const Contract& contract);
  ~Decoder();
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;

  // `records` is sealed. The result looks into `records` and into the decoder: it is valid as long as
  // both, and until the next call. No event harms another, and nothing here fails: a bad event is data.
  const Decoded& decode(const batch::RecordBatch& records, Timestamp processed_at);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace calve::contract
