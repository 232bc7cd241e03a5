// Where produced events go.

#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "calve/base/result.h"

namespace calve::produce {

struct Message {
  std::string_view key;      // decides the partition
  std::string_view payload;  // holds no newline
};

struct Deliveries {
  std::uint64_t delivered = 0;  // the target has them
  std::uint64_t failed = 0;     // the target refused them, for good

  bool operator==(const Deliveries&) const = default;
};

// One owner, one thread. The order: send() and flush() any number of times, then close() once. Events
// of one key arrive in the order in which they were sent.
class Sender {
 public:
  virtual ~Sender() = default;

  // Takes a copy. May wait while the target is slow: what is buffered is bounded. kCancelled if a stop
  // ended the wait: this event was not taken. Any other error is one that sending again does not cure;
  // nothing more may be sent then.
  virtual Result<void> send(const Message& message) = 0;

  // Starts on its way what is buffered, so that a slow stream is seen at once; does not wait for it.
  virtual Result<void> flush() = 0;

  // Waits until every event is delivered or has failed, which is no error here but counted; an error
  // leaves events of which neither is known. What was delivered is durable afterwards, as far as the
  // target can say. Dropping a sender without it may lose what is buffered.
  virtual Result<void> close() = 0;

  virtual Deliveries deliveries() const = 0;

  // Why the first of deliveries().failed failed.
  virtual std::optional<Error> first_failure() const = 0;
};

}  // namespace calve::produce
