// The ways in which an event can be wrong, each by name, so that a run can say how many it sent.

#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "calve/base/result.h"
#include "calve/produce/order.h"
#include "calve/produce/prng.h"

namespace calve::produce {

// Each breaks what it names and leaves the rest of the event right: where an amount changes, the sums
// that it is part of still hold, unless the sum is what is broken.
enum class FaultClass : std::uint8_t {
  // The bytes are no JSON text (RFC 8259).
  kNotJson,
  kTruncated,
  kTrailingData,  // a second value after the first
  kInvalidUtf8,
  kLoneSurrogate,  // an escape of half a character
  kNotANumber,     // NaN, Infinity
  kDuplicateKey,
  // The shape is not the contract's.
  kMissingField,
  kNullField,
  kWrongType,
  kEmptyItems,
  // A value is not the contract's.
  kBadUuid,
  kBadTimestamp,
  kBadEmail,
  kBadCountry,
  kUnknownStatus,
  kUnknownCurrency,
  kZeroQuantity,
  kNegativeAmount,
  kAmountTooLarge,
  kTooManyDecimals,
  // The money does not add up.
  kSubtotalMismatch,
  kTotalMismatch,
};

// Every class, in order of declaration.
std::span<const FaultClass> all_fault_classes();

inline constexpr std::size_t kFaultClassCount = static_cast<std::size_t>(FaultClass::kTotalMismatch) + 1;

// "not_json", ...
std::string_view fault_class_name(FaultClass fault);

// Reads "not_json,truncated". kUsage for a name that is none; the message lists them.
Result<std::vector<FaultClass>> parse_fault_classes(std::string_view text);

// Turns `event`, which is write_json(order), into an invalid one; draws which field or form it hits.
// Never brings a newline in, so that an event stays one line.
void break_event(FaultClass fault, const Order& order, Prng& prng, std::string& event);

}  // namespace calve::produce
