// The bytes to send, in order: orders, and among them the shares that are invalid, sent twice or late.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "calve/base/time.h"
#include "calve/produce/faults.h"
#include "calve/produce/generator.h"
#include "calve/produce/order_json.h"
#include "calve/produce/share.h"

namespace calve::produce {

struct EventStreamOptions {
  GeneratorOptions generator;
  Share invalid;
  Share duplicates;  // the three together at most the whole
  Share late;
  std::vector<FaultClass> fault_classes;  // drawn from evenly; empty: all of them
  std::uint32_t late_days_max = 7;        // 1 .. 3'650
};

struct Event {
  enum class Kind : std::uint8_t { kPlain, kLate, kDuplicate, kInvalid };

  Kind kind = Kind::kPlain;
  FaultClass fault{};        // if kInvalid
  std::string_view key;      // the customer's id, also of an invalid event
  std::string_view payload;  // no newline inside; valid until the next event is drawn
};

// Equal options and times give equal events, on every machine. A duplicate is byte for byte one of the
// last 1,024 valid events. One owner, one thread; allocates for invalid and remembered events alone.
class EventStream {
 public:
  explicit EventStream(EventStreamOptions options);
  EventStream(const EventStream&) = delete;
  EventStream& operator=(const EventStream&) = delete;

  // `now` is the event's created_at, unless it comes late.
  Event next(Timestamp now);

 private:
  struct Sent {
    std::string_view key;
    std::string payload;
  };

  Event::Kind draw_kind();
  void remember(std::string_view key, std::string_view payload);

  EventStreamOptions options_;
  Generator generator_;
  Prng prng_;
  Order order_;
  std::vector<char> buffer_;  // of kOrderJsonBytesMax
  std::string broken_;
  std::vector<Sent> remembered_;  // a ring of every 16th valid event
  std::uint64_t valid_count_ = 0;
};

}  // namespace calve::produce
