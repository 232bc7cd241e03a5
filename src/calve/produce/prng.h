// Random numbers that are the same on every machine: integers alone, no std:: distribution.

#pragma once

#include <array>
#include <bit>
#include <cstdint>

namespace calve::produce {

// xoshiro256** (Blackman and Vigna), seeded by splitmix64. Not for secrets. One owner, one thread.
class Prng {
 public:
  // Generators that share a seed and differ in `stream` are independent of each other.
  constexpr Prng(std::uint64_t seed, std::uint64_t stream) {
    std::uint64_t state = seed ^ (stream * 0xd1342543de82ef95ULL);
    for (auto& word : state_)
      word = splitmix(state);
  }

  constexpr std::uint64_t next() {
    const std::uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
    const std::uint64_t shifted = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= shifted;
    state_[3] = std::rotl(state_[3], 45);
    return result;
  }

  // 0 .. bound-1. The bias is below bound / 2^32, which no order notices.
  constexpr std::uint32_t below(std::uint32_t bound) {
    return static_cast<std::uint32_t>(((next() >> 32) * bound) >> 32);
  }

  // As below(), for spans of time.
  constexpr std::uint64_t below_wide(std::uint64_t bound) {
    return static_cast<std::uint64_t>((static_cast<unsigned __int128>(next()) * bound) >> 64);
  }

 private:
  static constexpr std::uint64_t splitmix(std::uint64_t& state) {
    state += 0x9e3779b97f4a7c15ULL;
    std::uint64_t mixed = state;
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9ULL;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebULL;
    return mixed ^ (mixed >> 31);
  }

  std::array<std::uint64_t, 4> state_{};
};

}  // namespace calve::produce
