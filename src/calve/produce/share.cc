#include "calve/produce/share.h"

#include <fmt/format.h>

namespace calve::produce {
namespace {

constexpr std::size_t kDecimalsMax = 4;

// Whole per cents and ten-thousandths of one, or nothing.
bool read_percent(std::string_view digits, std::uint32_t& per_million) {
  const std::size_t point = digits.find('.');
  const std::string_view whole = digits.substr(0, point);
  const std::string_view decimals = point == std::string_view::npos ? "" : digits.substr(point + 1);
  if (whole.empty() || whole.size() > 3 || decimals.size() > kDecimalsMax) return false;
  if (point != std::string_view::npos && decimals.empty()) return false;
  per_million = 0;
  for (const std::string_view part : {whole, decimals}) {
    for (const char digit : part) {
      if (digit < '0' || digit > '9') return false;
      per_million = per_million * 10 + static_cast<std::uint32_t>(digit - '0');
    }
  }
  for (std::size_t place = decimals.size(); place < kDecimalsMax; ++place)
    per_million *= 10;
  return per_million <= Share::kWhole;
}

}  // namespace

Result<Share> parse_share(std::string_view text) {
  Share share;
  std::string_view digits = text;
  if (digits.ends_with('%')) {
    digits.remove_suffix(1);
    if (digits.ends_with(' ')) digits.remove_suffix(1);
    if (read_percent(digits, share.per_million)) return share;
  }
  return fail(
      ErrorKind::kUsage,
      fmt::format("A share is a percentage from 0% to 100% with at most {} decimals, such as 0.5%: \"{}\"",
                  kDecimalsMax, text));
}

std::string to_string(Share share) {
  std::string text = fmt::format("{}.{:04}", share.per_million / 10'000, share.per_million % 10'000);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.ends_with('.')) text.pop_back();
  return text + "%";
}

}  // namespace calve::produce
