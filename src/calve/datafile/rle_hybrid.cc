#include "calve/datafile/rle_hybrid.h"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstring>

namespace calve::datafile {
namespace {

constexpr std::size_t kGroupValues = 8;
// Fewer equal values than a group are cheaper packed than as a run of their own.
constexpr std::size_t kRunValuesMin = kGroupValues;

void append_varint(std::uint64_t value, std::string& to) {
  for (; value >= 0x80; value >>= 7)
    to.push_back(static_cast<char>(value | 0x80));
  to.push_back(static_cast<char>(value));
}

template <class T>
bool starts_run(const T* group) {
  bool equal = true;
  for (std::size_t i = 1; i < kRunValuesMin; ++i)
    equal &= group[i] == group[0];
  return equal;
}

template <class T>
std::size_t run_length(std::span<const T> values) {
  const auto other = std::ranges::find_if(values, [&](T value) { return value != values.front(); });
  return static_cast<std::size_t>(other - values.begin());
}

template <class T>
void append_run(T value, std::size_t count, int bit_width, std::string& to) {
  append_varint(count << 1, to);
  for (int shift = 0; shift < bit_width; shift += 8)
    to.push_back(static_cast<char>(static_cast<std::uint32_t>(value) >> shift));
}

// One group into `bit_width` bytes at `out`.
template <class T>
void pack_group(const T* group, std::size_t count, int bit_width, char* out) {
  std::uint64_t bits = 0;
  int filled = 0;
  for (std::size_t i = 0; i < count; ++i) {
    bits |= std::uint64_t{static_cast<std::uint32_t>(group[i])} << filled;
    filled += bit_width;
    for (; filled >= 32; filled -= 32, bits >>= 32, out += 4)
      std::memcpy(out, &bits, 4);
  }
  for (; filled > 0; filled -= 8, bits >>= 8)
    *out++ = static_cast<char>(bits);
}

template <class T>
void append_packed(std::span<const T> values, int bit_width, std::string& to) {
  const std::size_t groups = (values.size() + kGroupValues - 1) / kGroupValues;
  if (groups == 0) return;
  append_varint(groups << 1 | 1, to);
  const auto stride = static_cast<std::size_t>(bit_width);
  std::size_t at = to.size();
  to.resize(at + groups * stride);
  for (; values.size() > kGroupValues; values = values.subspan(kGroupValues), at += stride)
    pack_group(values.data(), kGroupValues, bit_width, to.data() + at);
  pack_group(values.data(), values.size(), bit_width, to.data() + at);
}

template <class T>
void append_runs(std::span<const T> values, int bit_width, std::string& to) {
  std::size_t packed_begin = 0;  // what lies between it and `at` is not written yet: whole groups
  std::size_t at = 0;
  while (values.size() - at >= kRunValuesMin) {
    if (!starts_run(values.data() + at)) {
      at += kGroupValues;
      continue;
    }
    append_packed(values.subspan(packed_begin, at - packed_begin), bit_width, to);
    const std::size_t count = run_length(values.subspan(at));
    append_run(values[at], count, bit_width, to);
    at += count;
    packed_begin = at;
  }
  append_packed(values.subspan(packed_begin), bit_width, to);
}

}  // namespace

int bit_width_of(std::uint32_t largest) {
  return static_cast<int>(std::bit_width(largest));
}

void append_rle_hybrid(std::span<const std::int16_t> values, int bit_width, std::string& to) {
  append_runs(values, bit_width, to);
}

void append_rle_hybrid(std::span<const std::uint32_t> values, int bit_width, std::string& to) {
  append_runs(values, bit_width, to);
}

}  // namespace calve::datafile
