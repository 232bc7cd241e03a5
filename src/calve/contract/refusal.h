// The first check that an event failed, while its place is still being put together.

#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "calve/contract/json_pointer.h"
#include "calve/contract/reject.h"

namespace calve::contract {

// The reader of a value sets it; each container round it, on the way out, puts its step in front. So
// a good event pays nothing for its pointers.
struct Refusal {
  Reason reason = Reason::kNotJson;
  std::string_view code;
  std::string pointer;
  std::string detail;

  // Always false, so that a check can return it.
  bool set(Reason why, std::string words);
  bool set_rule(std::string_view rule_code, std::string rule_pointer, std::string words);

  void put_step_in_front(std::string_view key) { pointer.insert(0, pointer_step(key)); }
  void put_step_in_front(std::size_t index) { pointer.insert(0, "/" + std::to_string(index)); }
};

// A piece of the event for a detail, cut between characters where it is long.
std::string_view excerpt(std::string_view text);

}  // namespace calve::contract
