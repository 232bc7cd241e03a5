// A hash for tables in memory whose keys strangers choose.

#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace calve::datafile {

// Drawn anew in each process, so that nobody can choose texts that all fall on one place. A product with a
// factor of zero forgets the other one, so either factor of each that has a text's bytes has a seed too.
struct HashSeeds {
  std::uint64_t first;
  std::uint64_t last;
};
extern const HashSeeds kHashSeeds;

template <class Word>
std::uint64_t load_word(std::string_view bytes, std::size_t at) {
  Word word;
  std::memcpy(&word, bytes.data() + at, sizeof word);
  return word;
}

// Both halves of the product, folded.
inline std::uint64_t fold_product(std::uint64_t a, std::uint64_t b) {
  const auto product = static_cast<unsigned __int128>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

// 64 well mixed bits, by folded products as in wyhash. Differs from process to process: never store it.
inline std::uint64_t seeded_hash(std::string_view bytes) {
  constexpr std::uint64_t kOdd = 0xe7037ed1a0b428db;
  const std::size_t size = bytes.size();
  std::uint64_t state = kHashSeeds.last;
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  std::size_t at = 0;
  for (; size - at > 16; at += 16) {
    state = fold_product(load_word<std::uint64_t>(bytes, at) ^ kHashSeeds.first,
                         load_word<std::uint64_t>(bytes, at + 8) ^ state);
  }
  // What is left, by two words that may overlap.
  if (const std::size_t rest = size - at; rest >= 8) {
    first = load_word<std::uint64_t>(bytes, at);
    last = load_word<std::uint64_t>(bytes, size - 8);
  } else if (rest >= 4) {
    first = load_word<std::uint32_t>(bytes, at);
    last = load_word<std::uint32_t>(bytes, size - 4);
  } else if (rest > 0) {
    first = load_word<std::uint8_t>(bytes, at) << 16 | load_word<std::uint8_t>(bytes, at + rest / 2) << 8 |
            load_word<std::uint8_t>(bytes, size - 1);
  }
  return fold_product(kOdd ^ size, fold_product(first ^ kHashSeeds.first, last ^ state));
}

}  // namespace calve::datafile
