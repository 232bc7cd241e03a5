#include "calve/cli/offset_set.h"

#include <algorithm>
#include <utility>

namespace calve::cli {
namespace {

std::uint64_t bit_of(std::uint16_t low) {
  return std::uint64_t{1} << (low % 64);
}

}  // namespace

bool OffsetSet::insert(std::int64_t offset) {
  const std::int64_t number = offset >> kLowBits;
  const auto low = static_cast<std::uint16_t>(offset);
  if (last_ == chunks_.end() || last_->first != number) {
    if (last_ != chunks_.end()) last_->second.lows.shrink_to_fit();  // mostly it is complete
    last_ = chunks_.try_emplace(number).first;
  }
  Chunk& chunk = last_->second;
  if (!chunk.bits.empty()) {
    std::uint64_t& word = chunk.bits[low / 64];
    return (std::exchange(word, word | bit_of(low)) & bit_of(low)) == 0;
  }
  const auto place = chunk.lows.empty() || chunk.lows.back() < low
                         ? chunk.lows.end()
                         : std::ranges::lower_bound(chunk.lows, low);
  if (place != chunk.lows.end() && *place == low) return false;
  if (chunk.lows.size() < kLowsMax) {
    chunk.lows.insert(place, low);
    return true;
  }
  chunk.bits.resize(kWords);
  for (const std::uint16_t known : std::exchange(chunk.lows, {}))
    chunk.bits[known / 64] |= bit_of(known);
  chunk.bits[low / 64] |= bit_of(low);
  return true;
}

bool OffsetSet::erase(std::int64_t offset) {
  const std::int64_t number = offset >> kLowBits;
  const auto low = static_cast<std::uint16_t>(offset);
  if (last_ == chunks_.end() || last_->first != number) last_ = chunks_.find(number);
  if (last_ == chunks_.end()) return false;
  Chunk& chunk = last_->second;
  if (!chunk.bits.empty()) {
    std::uint64_t& word = chunk.bits[low / 64];
    return (std::exchange(word, word & ~bit_of(low)) & bit_of(low)) != 0;
  }
  const auto place = std::ranges::lower_bound(chunk.lows, low);
  if (place == chunk.lows.end() || *place != low) return false;
  chunk.lows.erase(place);
  if (chunk.lows.empty()) last_ = chunks_.erase(last_);
  return true;
}

bool OffsetSet::contains(std::int64_t offset) const {
  return count(offset, offset + 1) == 1;
}

std::int64_t OffsetSet::Chunk::count(std::uint32_t from, std::uint32_t to) const {
  if (bits.empty()) {
    return std::ranges::lower_bound(lows, to) - std::ranges::lower_bound(lows, from);
  }
  std::int64_t found = 0;
  for (std::uint32_t word = from / 64; word * 64 < to; ++word) {
    std::uint64_t kept = bits[word];
    if (word == from / 64) kept &= ~std::uint64_t{0} << (from % 64);
    if (to - word * 64 < 64) kept &= ~(~std::uint64_t{0} << (to % 64));
    found += std::popcount(kept);
  }
  return found;
}

std::int64_t OffsetSet::count(std::int64_t from, std::int64_t to) const {
  constexpr std::int64_t kSize = std::int64_t{1} << kLowBits;
  std::int64_t found = 0;
  for (auto chunk = chunks_.lower_bound(from >> kLowBits); chunk != chunks_.end(); ++chunk) {
    const std::int64_t base = chunk->first << kLowBits;
    if (base >= to) break;
    found += chunk->second.count(static_cast<std::uint32_t>(std::max<std::int64_t>(from - base, 0)),
                                 static_cast<std::uint32_t>(std::min(to - base, kSize)));
  }
  return found;
}

}  // namespace calve::cli
