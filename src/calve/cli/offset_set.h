// Sets of offsets that stay small: a bit an offset where they lie close (Kafka), two bytes where they
// lie apart (byte positions of a file log).
//
//   offset = chunk * 2^16 + low       chunk of few offsets:  their lows, ascending
//                                     chunk of many:         2^16 bits

#pragma once

#include <bit>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

namespace calve::cli {

// Offsets are not negative. Fastest in ascending order.
class OffsetSet {
 public:
  OffsetSet() = default;
  OffsetSet(OffsetSet&& other) noexcept : chunks_(std::move(other.chunks_)) { other.clear(); }
  OffsetSet& operator=(OffsetSet&& other) noexcept {
    chunks_ = std::move(other.chunks_);
    last_ = chunks_.end();
    other.clear();
    return *this;
  }
  void clear() {
    chunks_.clear();
    last_ = chunks_.end();
  }

  // False if it was there already.
  bool insert(std::int64_t offset);
  // False if it was not there.
  bool erase(std::int64_t offset);
  bool contains(std::int64_t offset) const;
  // Offsets in [from, to).
  std::int64_t count(std::int64_t from, std::int64_t to) const;

  // In ascending order.
  template <class Visitor>
  void for_each(Visitor&& visit) const {
    for (const auto& [number, chunk] : chunks_) {
      const std::int64_t base = number << kLowBits;
      for (const std::uint16_t low : chunk.lows)
        visit(base + low);
      for (std::size_t word = 0; word < chunk.bits.size(); ++word) {
        for (std::uint64_t rest = chunk.bits[word]; rest != 0; rest &= rest - 1) {
          visit(base + static_cast<std::int64_t>(word) * 64 + std::countr_zero(rest));
        }
      }
    }
  }

 private:
  static constexpr int kLowBits = 16;
  static constexpr std::size_t kWords = (std::size_t{1} << kLowBits) / 64;
  // As lows they would take as many bytes as the bits do.
  static constexpr std::size_t kLowsMax = kWords * sizeof(std::uint64_t) / sizeof(std::uint16_t);

  // One of the two is empty.
  struct Chunk {
    std::vector<std::uint16_t> lows;
    std::vector<std::uint64_t> bits;

    std::int64_t count(std::uint32_t from, std::uint32_t to) const;  // within 2^16, to included as 2^16
  };

  std::map<std::int64_t, Chunk> chunks_;
  std::map<std::int64_t, Chunk>::iterator last_ = chunks_.end();  // neighbours share a chunk
};

// Offsets with how often they came: never, once, or more often.
class OffsetCounts {
 public:
  void add(std::int64_t offset) {
    if (!once_.insert(offset)) again_.insert(offset);
  }
  // How often it was there, 2 for more often; it is not there any more.
  int take(std::int64_t offset) {
    if (!once_.erase(offset)) return 0;
    return again_.erase(offset) ? 2 : 1;
  }
  // Each offset that is there once or more often, and each that is there more often.
  const OffsetSet& present() const { return once_; }
  const OffsetSet& repeated() const { return again_; }

 private:
  OffsetSet once_;
  OffsetSet again_;
};

}  // namespace calve::cli
