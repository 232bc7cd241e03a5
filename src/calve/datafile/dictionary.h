// The distinct values of a column chunk, numbered in the order in which they came.

#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "calve/datafile/plain.h"
#include "calve/datafile/seeded_hash.h"

namespace calve::datafile {

// `Plain` is one of calve/datafile/plain.h. One thread at a time.
template <class Plain>
class Dictionary {
 public:
  using Value = typename Plain::Value;

  explicit Dictionary(Plain plain) : plain_(plain) {}

  // The number of that value: size() before the call if it is new. Two values are the same if their bits are,
  // so the zeros of floating-point numbers are two.
  std::uint32_t index_of(const Value& value) {
    if (slots_.size() <= entries_.size() * kSlotsPerEntryMin) grow();
    const std::uint64_t hash = seeded_hash(bytes_of(value));
    for (std::size_t slot = hash & mask();; slot = (slot + 1) & mask()) {
      const std::uint32_t index = slots_[slot];
      if (index == kFree) {
        slots_[slot] = size();
        return insert(value, hash);
      }
      if (entries_[index].hash == hash && same(index, value)) return index;
    }
  }

  std::uint32_t size() const { return static_cast<std::uint32_t>(entries_.size()); }
  // The dictionary page's bytes.
  const std::string& plain_bytes() const { return bytes_; }
  // A text is valid until the next index_of().
  Value value(std::uint32_t index) const {
    const Entry& entry = entries_[index];
    if constexpr (kIsText) {
      return std::string_view(bytes_).substr(entry.value.begin, entry.value.size);
    } else {
      return entry.value;
    }
  }
  std::int64_t held_bytes() const {
    return static_cast<std::int64_t>(bytes_.capacity() + entries_.capacity() * sizeof(Entry) +
                                     slots_.capacity() * sizeof(std::uint32_t));
  }

 private:
  static constexpr bool kIsText = std::same_as<Value, std::string_view>;
  static constexpr std::uint32_t kFree = UINT32_MAX;
  static constexpr std::size_t kSlotsMin = 64;
  static constexpr std::size_t kSlotsPerEntryMin = 2;

  struct TextPlace {
    std::uint32_t begin;  // in bytes_
    std::uint32_t size;
  };
  struct Entry {
    std::uint64_t hash;
    std::conditional_t<kIsText, TextPlace, Value> value;
  };

  static std::string_view bytes_of(const Value& value) {
    if constexpr (kIsText) {
      return value;
    } else {
      return {reinterpret_cast<const char*>(&value), sizeof value};
    }
  }

  std::size_t mask() const { return slots_.size() - 1; }

  bool same(std::uint32_t index, const Value& other) const {
    if constexpr (kIsText) {
      return value(index) == other;
    } else {
      return bytes_of(entries_[index].value) == bytes_of(other);
    }
  }

  std::uint32_t insert(const Value& value, std::uint64_t hash) {
    plain_.append({&value, 1}, bytes_);
    if constexpr (kIsText) {
      const auto length = static_cast<std::uint32_t>(value.size());
      entries_.push_back({hash, {static_cast<std::uint32_t>(bytes_.size()) - length, length}});
    } else {
      entries_.push_back({hash, value});
    }
    return size() - 1;
  }

  void grow() {
    slots_.assign(std::max(kSlotsMin, slots_.size() * 2), kFree);
    for (std::uint32_t index = 0; index < size(); ++index) {
      std::size_t slot = entries_[index].hash & mask();
      while (slots_[slot] != kFree)
        slot = (slot + 1) & mask();
      slots_[slot] = index;
    }
  }

  Plain plain_;
  std::string bytes_;
  std::vector<Entry> entries_;
  std::vector<std::uint32_t> slots_;  // numbers of entries by their hashes; a power of two of them
};

}  // namespace calve::datafile
