// The smallest and largest of a column's values, in the order that Parquet gives its type.
// Parquet format, parquet.thrift: "ColumnOrder / TypeDefinedOrder".

#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

#include "calve/base/uuid.h"

namespace calve::datafile {

// The first eight bytes as a number that orders as they do; shorter texts end in zeros.
inline std::uint64_t order_prefix(std::string_view text) {
  std::uint64_t prefix = 0;
  if (text.size() >= sizeof prefix) {
    std::memcpy(&prefix, text.data(), sizeof prefix);
  } else {
    for (std::size_t i = 0; i < text.size(); ++i)
      prefix |= std::uint64_t{static_cast<unsigned char>(text[i])} << (8 * i);
  }
  return __builtin_bswap64(prefix);
}

// Numbers, by size. NaN bounds nothing; the zeros of floating-point numbers are equal, and as
// a bound the lower is negative and the upper positive.
template <class T>
class ValueBounds {
 public:
  void add(std::span<const T> values) {
    if constexpr (std::is_floating_point_v<T>) {
      for (const T value : values) {
        if (!std::isnan(value)) add_one(value, value);
      }
    } else if (!values.empty()) {
      T low = values.front();
      T high = values.front();
      for (const T value : values) {  // as the compiler makes vectors of it; minmax() goes by pairs
        low = std::min(low, value);
        high = std::max(high, value);
      }
      add_one(low, high);
    }
  }
  void add(const ValueBounds& other) {
    if (!other.empty()) add_one(*other.low_, *other.high_);
  }

  bool empty() const { return !low_; }
  // Of bounds that are not empty.
  T low() const { return with_sign(*low_, -1); }
  T high() const { return with_sign(*high_, 1); }

 private:
  static T with_sign(T value, int sign) {
    if constexpr (std::is_floating_point_v<T>) {
      return value == 0 ? std::copysign(value, static_cast<T>(sign)) : value;
    } else {
      return value;
    }
  }

  void add_one(const T& low, const T& high) {
    if (!low_ || low < *low_) low_ = low;
    if (!high_ || *high_ < high) high_ = high;
  }

  std::optional<T> low_;
  std::optional<T> high_;
};

// Texts and bytes by their unsigned bytes. Keeps copies.
template <>
class ValueBounds<std::string_view> {
 public:
  void add(std::string_view value) {
    // Most values lie between the two, and their beginnings show it.
    const std::uint64_t prefix = order_prefix(value);
    if (is_empty_ || prefix < low_prefix_ || (prefix == low_prefix_ && value < low_)) {
      low_ = value;
      low_prefix_ = prefix;
    }
    if (is_empty_ || prefix > high_prefix_ || (prefix == high_prefix_ && value > high_)) {
      high_ = value;
      high_prefix_ = prefix;
    }
    is_empty_ = false;
  }
  void add(std::span<const std::string_view> values) {
    for (const std::string_view value : values)
      add(value);
  }
  void add(const ValueBounds& other) {
    if (other.is_empty_) return;
    add(other.low_);
    add(other.high_);
  }

  bool empty() const { return is_empty_; }
  std::string_view low() const { return low_; }
  std::string_view high() const { return high_; }

 private:
  std::string low_;
  std::string high_;
  std::uint64_t low_prefix_ = 0;
  std::uint64_t high_prefix_ = 0;
  bool is_empty_ = true;
};

template <>
class ValueBounds<Uuid> {
 public:
  void add(std::span<const Uuid> values) {
    for (const Uuid& value : values)
      bytes_.add(std::string_view(reinterpret_cast<const char*>(&value), sizeof value));
  }
  void add(const ValueBounds& other) { bytes_.add(other.bytes_); }

  bool empty() const { return bytes_.empty(); }
  Uuid low() const { return uuid(bytes_.low()); }
  Uuid high() const { return uuid(bytes_.high()); }

 private:
  static Uuid uuid(std::string_view bytes) {
    Uuid value;
    std::memcpy(&value, bytes.data(), sizeof value);
    return value;
  }

  ValueBounds<std::string_view> bytes_;
};

}  // namespace calve::datafile
