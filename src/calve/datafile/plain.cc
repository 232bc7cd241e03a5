#include "calve/datafile/plain.h"

#include <algorithm>

namespace calve::datafile {
namespace {

// Most texts are short, and a call of memcpy for each costs more than its bytes.
char* copy_short(std::string_view from, char* to) {
  const std::size_t size = from.size();
  const char* const begin = from.data();
  if (size > 32) {
    std::memcpy(to, begin, size);
  } else if (size >= 16) {
    std::memcpy(to, begin, 16);
    std::memcpy(to + size - 16, begin + size - 16, 16);
  } else if (size >= 8) {
    std::memcpy(to, begin, 8);
    std::memcpy(to + size - 8, begin + size - 8, 8);
  } else if (size >= 4) {
    std::memcpy(to, begin, 4);
    std::memcpy(to + size - 4, begin + size - 4, 4);
  } else {
    for (std::size_t i = 0; i < size; ++i)
      to[i] = begin[i];
  }
  return to + size;
}

}  // namespace

void PlainNarrowed::append(std::span<const std::int64_t> values, std::string& to) {
  append_filled(to, values.size() * sizeof(std::int32_t), [&](char* out) {
    for (const std::int64_t value : values) {
      const auto narrow = static_cast<std::int32_t>(value);
      std::memcpy(out, &narrow, sizeof narrow);
      out += sizeof narrow;
    }
  });
}

void PlainBigEndian::append(std::span<const batch::Int128> values, std::string& to) const {
  append_filled(to, values.size() * length, [&](char* out) {
    for (batch::Int128 value : values) {
      for (std::size_t i = length; i-- > 0; value >>= 8)
        out[i] = static_cast<char>(value);
      out += length;
    }
  });
}

void PlainByteArray::append(std::span<const std::string_view> values, std::string& to) {
  std::size_t bytes = 0;
  for (const std::string_view value : values)
    bytes += sizeof(std::uint32_t) + value.size();
  append_filled(to, bytes, [&](char* out) {
    for (const std::string_view value : values) {
      const auto length = static_cast<std::uint32_t>(value.size());
      std::memcpy(out, &length, sizeof length);
      out = copy_short(value, out + sizeof length);
    }
  });
}

void PlainFixed::append(std::span<const std::string_view> values, std::string& to) {
  for (const std::string_view value : values)
    to.append(value);
}

void PlainBoolean::append(std::span<const std::uint8_t> values, std::string& to) {
  append_filled(to, values.size(), [&](char* out) {
    std::ranges::transform(values, out, [](std::uint8_t value) { return static_cast<char>(value != 0); });
  });
}

std::string pack_bits(std::string_view bytes) {
  std::string bits((bytes.size() + 7) / 8, '\0');
  for (std::size_t i = 0; i < bytes.size(); ++i)
    bits[i / 8] = static_cast<char>(bits[i / 8] | bytes[i] << (i % 8));
  return bits;
}

}  // namespace calve::datafile
