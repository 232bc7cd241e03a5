// What a run has sent, as facts to hold a table against.

#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "calve/base/time.h"
#include "calve/produce/event_stream.h"
#include "calve/produce/sender.h"

namespace calve::produce {

struct ProduceSummary {
  std::uint64_t seed = 0;
  std::uint64_t sent = 0;  // handed to the sender: valid and invalid
  std::array<std::uint64_t, kFaultClassCount> invalid_by_class{};
  std::uint64_t duplicates = 0;  // valid events whose order came before
  std::uint64_t late = 0;        // valid
  std::uint64_t bytes = 0;       // of the payloads
  Deliveries deliveries;
  std::optional<Error> first_failure;
  Milliseconds elapsed{0};

  std::uint64_t invalid() const;
  std::uint64_t valid() const { return sent - invalid(); }
  std::uint64_t events_per_second() const;

  void count(const Event& event);

  bool operator==(const ProduceSummary&) const = default;
};

// One object: seed, sent, valid, invalid, invalid_by_class (those that occurred), duplicates, late,
// bytes, delivered, delivery_errors, first_delivery_error (a message, if there was one), seconds,
// events_per_second.
std::string to_json(const ProduceSummary& summary);

}  // namespace calve::produce
