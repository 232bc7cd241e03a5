#include "calve/contract/reject.h"

#include <utility>

namespace calve::contract {

std::string_view reason_name(Reason reason) {
  switch (reason) {
    case Reason::kTombstone:
      return "tombstone";
    case Reason::kEmpty:
      return "empty";
    case Reason::kTooLarge:
      return "too_large";
    case Reason::kNotJson:
      return "not_json";
    case Reason::kTooDeep:
      return "too_deep";
    case Reason::kDuplicateKey:
      return "duplicate_key";
    case Reason::kUnknownField:
      return "unknown_field";
    case Reason::kMissingField:
      return "missing_field";
    case Reason::kWrongType:
      return "wrong_type";
    case Reason::kNotInEnum:
      return "not_in_enum";
    case Reason::kTooShort:
      return "too_short";
    case Reason::kTooLong:
      return "too_long";
    case Reason::kNoMatch:
      return "no_match";
    case Reason::kBadFormat:
      return "bad_format";
    case Reason::kOutOfRange:
      return "out_of_range";
    case Reason::kInexact:
      return "inexact";
    case Reason::kNotAMultiple:
      return "not_a_multiple";
    case Reason::kTooFewItems:
      return "too_few_items";
    case Reason::kTooManyItems:
      return "too_many_items";
    case Reason::kRuleBroken:
      return "rule_broken";
  }
  std::unreachable();
}

}  // namespace calve::contract
