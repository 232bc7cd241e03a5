// Why an event did not become a row. A bad event is data: it gets a reason and a place in the rejects
// table, and harms no other event.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "calve/base/ids.h"
#include "calve/base/time.h"

namespace calve::contract {

// In the order in which an event is looked at: the record, its text, then its values. Each is
// documented, with what the sender can do, in docs/reference/contract.md.
enum class Reason : std::uint8_t {
  kTombstone,     // the record has no value
  kEmpty,         // a value of no bytes
  kTooLarge,      // longer than kPayloadBytesMax
  kNotJson,       // not one JSON text as RFC 8259 says
  kTooDeep,       // nested deeper than kDepthMax
  kDuplicateKey,  // a field of the contract twice in one object
  kUnknownField,  // a field that `additionalProperties: false` forbids
  kMissingField,  // `required`
  kWrongType,     // `type`
  kNotInEnum,     // `enum`, `const`
  kTooShort,      // `minLength`
  kTooLong,       // `maxLength`
  kNoMatch,       // `pattern`
  kBadFormat,     // `format`, or a text that is no number where the column is one
  kOutOfRange,    // `minimum`, `maximum` and their exclusive forms, or more than the column holds
  kInexact,       // more fraction digits than the column holds
  kNotAMultiple,  // `multipleOf`
  kTooFewItems,   // `minItems`
  kTooManyItems,  // `maxItems`
  kRuleBroken,    // a rule of the contract; its code is "rule_" and the rule's name
};
inline constexpr int kReasonCount = static_cast<int>(Reason::kRuleBroken) + 1;

// The stable name in tables, metrics and the dead letter topic: "not_json", "missing_field", ...
std::string_view reason_name(Reason reason);

struct Reject {
  Offset offset;
  Timestamp source_timestamp;
  Reason reason = Reason::kNotJson;
  std::string_view code;     // reason_name(reason), or the rule's own; lives as long as the contract
  std::string pointer;       // RFC 6901, with array indexes; empty for the event as a whole
  std::string detail;        // one sentence for people, at most kDetailBytesMax
  std::string_view payload;  // into the RecordBatch; empty for a tombstone

  bool operator==(const Reject&) const = default;
};

inline constexpr std::size_t kDetailBytesMax = 256;

}  // namespace calve::contract
