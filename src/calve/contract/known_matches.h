// Short texts that matched a pattern before: codes of countries, currencies, sizes. A regular expression
// costs more than the rest of such a field.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "calve/contract/packed_text.h"

namespace calve::contract {

// Of one pattern. Remembers the last text of each of its places and forgets the one before. One thread at a
// time.
class KnownMatches {
 public:
  // `matches(text)` decides, and is asked about each text that is not known. `text` is one of an event.
  template <class Matches>
  bool check(std::string_view text, Matches matches) {
    if (text.empty() || text.size() > kBytesMax) return matches(text);
    // The length beside the bytes: a text may end in zeros.
    const std::uint64_t key = PackedText::head_of(text) | std::uint64_t{text.size()} << (8 * kBytesMax);
    std::uint64_t& place = places_[key * kOdd >> (64 - kPlacesLog2)];
    if (place == key) return true;
    if (!matches(text)) return false;
    place = key;
    return true;
  }

 private:
  static constexpr std::size_t kBytesMax = 7;
  static constexpr int kPlacesLog2 = 6;
  static constexpr std::uint64_t kOdd = 0x9E3779B97F4A7C15;

  std::array<std::uint64_t, std::size_t{1} << kPlacesLog2> places_{};  // 0: none
};

}  // namespace calve::contract
