#include "calve/contract/text_check.h"

#include <algorithm>

#include <fmt/format.h>

#include "calve/contract/email.h"
#include "calve/contract/json_string.h"

namespace calve::contract {
namespace {

constexpr std::size_t kCodePointBytesMax = 4;

bool matches(std::string_view text, const TextChecks& checks, std::span<KnownMatches> known) {
  return known[checks.pattern_number].check(
      text, [&](std::string_view unknown) { return RE2::PartialMatch(unknown, *checks.pattern); });
}

}  // namespace

bool check_text(std::string_view text, const TextChecks& checks, std::span<KnownMatches> known,
                Refusal& refusal) {
  // Bytes settle most cases: a code point has one to four of them.
  const bool surely_long_enough = text.size() / kCodePointBytesMax >= checks.min_length;
  if (!surely_long_enough && count_code_points(text) < checks.min_length) {
    return refusal.set(Reason::kTooShort, fmt::format("{} characters are fewer than minLength {}",
                                                      count_code_points(text), checks.min_length));
  }
  if (text.size() > checks.max_length && count_code_points(text) > checks.max_length) {
    return refusal.set(Reason::kTooLong, fmt::format("{} characters are more than maxLength {}",
                                                     count_code_points(text), checks.max_length));
  }
  if (checks.has_allowed &&
      std::ranges::none_of(checks.allowed, [&](const PackedText& allowed) { return allowed.equals(text); })) {
    return refusal.set(Reason::kNotInEnum, fmt::format("\"{}\" is not an allowed value", excerpt(text)));
  }
  if (checks.pattern != nullptr && !matches(text, checks, known)) {
    return refusal.set(Reason::kNoMatch,
                       fmt::format("\"{}\" does not match {}", excerpt(text), checks.pattern->pattern()));
  }
  if (checks.format == Format::kEmail && !is_email(text)) {
    return refusal.set(Reason::kBadFormat, "the string is not an email address");
  }
  return true;
}

}  // namespace calve::contract
