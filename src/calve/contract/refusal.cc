#include "calve/contract/refusal.h"

namespace calve::contract {
namespace {

constexpr std::size_t kExcerptBytesMax = 64;

std::string_view cut_between_characters(std::string_view text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return text;
  std::size_t end = bytes_max;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80)
    --end;
  return text.substr(0, end);
}

}  // namespace

bool Refusal::set(Reason why, std::string words) {
  reason = why;
  code = reason_name(why);
  pointer.clear();
  detail = std::move(words);
  detail.resize(cut_between_characters(detail, kDetailBytesMax).size());
  return false;
}

bool Refusal::set_rule(std::string_view rule_code, std::string rule_pointer, std::string words) {
  set(Reason::kRuleBroken, std::move(words));
  code = rule_code;
  pointer = std::move(rule_pointer);
  return false;
}

std::string_view excerpt(std::string_view text) {
  return cut_between_characters(text, kExcerptBytesMax);
}

}  // namespace calve::contract
