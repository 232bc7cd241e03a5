// What tells one log of events from another that bears the same name.

#pragma once

#include <string>

namespace calve::batch {

struct LogIdentity {
  std::string cluster;   // Kafka's cluster id; "file" for a file log
  std::string topic;     // its name
  std::string topic_id;  // unique to this creation of the topic; empty if the source cannot tell

  bool operator==(const LogIdentity&) const = default;
};

// False if offsets recorded for `recorded` mean nothing in `found`. Ids are compared only if both sides
// know theirs.
bool may_be_same_log(const LogIdentity& recorded, const LogIdentity& found);

}  // namespace calve::batch
