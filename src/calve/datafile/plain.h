// The PLAIN encoding of values, as one class per pair of a column's vector and a physical type.
// Parquet format, Encodings.md: "Plain: (PLAIN = 0)".
//
// Each has Value, the type in the column, and append(), which adds the encoded values to a page.

#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

#include "calve/base/uuid.h"
#include "calve/batch/column_batch.h"

namespace calve::datafile {

static_assert(std::endian::native == std::endian::little, "PLAIN is little-endian, and copied as it lies");

// Adds `bytes` to `to`, which `fill(char* begin)` writes.
template <class Fill>
void append_filled(std::string& to, std::size_t bytes, Fill fill) {
  const std::size_t before = to.size();
  // The size that it hands over is the grown capacity with libstdc++ 12.
  to.resize_and_overwrite(before + bytes, [&](char* data, std::size_t) {
    fill(data + before);
    return before + bytes;
  });
}

// INT32, INT64, FLOAT, DOUBLE; FIXED_LEN_BYTE_ARRAY(16) of UUIDs: what lies in memory as it is stored.
template <class T>
struct PlainAsItLies {
  static_assert(std::is_trivially_copyable_v<T>);
  using Value = T;

  static void append(std::span<const T> values, std::string& to) {
    to.append(reinterpret_cast<const char*>(values.data()), values.size_bytes());
  }
};

// INT32 of what the column keeps in 64 bits: decimals of up to 9 digits.
struct PlainNarrowed {
  using Value = std::int64_t;

  static void append(std::span<const std::int64_t> values, std::string& to);
};

// FIXED_LEN_BYTE_ARRAY of decimals beyond 18 digits: two's complement, the most significant byte first.
struct PlainBigEndian {
  using Value = batch::Int128;

  std::size_t length;

  void append(std::span<const batch::Int128> values, std::string& to) const;
};

// BYTE_ARRAY: each value behind its length.
struct PlainByteArray {
  using Value = std::string_view;

  static void append(std::span<const std::string_view> values, std::string& to);
};

// FIXED_LEN_BYTE_ARRAY; each value has the length of the type.
struct PlainFixed {
  using Value = std::string_view;

  static void append(std::span<const std::string_view> values, std::string& to);
};

// BOOLEAN: one byte a value here, until pack_bits() makes them the bits of a page.
struct PlainBoolean {
  using Value = std::uint8_t;

  static void append(std::span<const std::uint8_t> values, std::string& to);
};

// One bit for each byte that is 0 or 1, the first in the least significant place.
std::string pack_bits(std::string_view bytes);

}  // namespace calve::datafile
