#include "calve/contract/email.h"

#include <array>
#include <cstdint>

namespace calve::contract {
namespace {

constexpr std::size_t kLocalBytesMax = 64;
constexpr std::size_t kDomainBytesMax = 253;
constexpr std::size_t kLabelBytesMax = 63;

enum CharClass : std::uint8_t { kOther = 0, kAtom = 1, kLabel = 2, kDigit = 4 };

constexpr std::array<std::uint8_t, 256> kClasses = [] {
  std::array<std::uint8_t, 256> classes{};
  for (int c = 'a'; c <= 'z'; ++c)
    classes[c] = classes[c - 'a' + 'A'] = kAtom | kLabel;
  for (int c = '0'; c <= '9'; ++c)
    classes[c] = kAtom | kLabel | kDigit;
  for (const char c : std::string_view("!#$%&'*+/=?^_`{|}~-"))
    classes[static_cast<unsigned char>(c)] = kAtom;
  classes['-'] |= kLabel;
  return classes;
}();

std::uint8_t class_of(char c) {
  return kClasses[static_cast<unsigned char>(c)];
}

bool is_local(std::string_view text) {
  if (text.empty() || text.size() > kLocalBytesMax || text.front() == '.' || text.back() == '.') return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '.' ? text[i - 1] == '.' : (class_of(text[i]) & kAtom) == 0) return false;
  }
  return true;
}

bool is_domain(std::string_view text) {
  if (text.empty() || text.size() > kDomainBytesMax) return false;
  std::size_t label_begin = 0;
  bool all_digits = true;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    if (i < text.size() && text[i] != '.') {
      const std::uint8_t kind = class_of(text[i]);
      if ((kind & kLabel) == 0) return false;
      all_digits = all_digits && (kind & kDigit) != 0;
      continue;
    }
    const std::string_view label = text.substr(label_begin, i - label_begin);
    if (label.empty() || label.size() > kLabelBytesMax || label.front() == '-' || label.back() == '-') {
      return false;
    }
    if (i == text.size()) break;
    label_begin = i + 1;
    all_digits = true;
  }
  return label_begin > 0 && !all_digits;
}

}  // namespace

bool is_email(std::string_view text) {
  const std::size_t at = text.find('@');
  return at != std::string_view::npos && is_local(text.substr(0, at)) && is_domain(text.substr(at + 1));
}

}  // namespace calve::contract
