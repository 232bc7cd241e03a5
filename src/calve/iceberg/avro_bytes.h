// Avro's binary encoding, value by value. Avro specification: "Binary Encoding".
//
//   int, long      := zigzag (0, -1, 1, -2, ... become 0, 1, 2, 3, ...), then base 128, low 7 bits
//                     first, bit 7 set on every byte but the last
//   boolean        := 0x00 | 0x01
//   float, double  := IEEE 754, little-endian
//   bytes, string  := long (size) byte*
//   fixed          := byte*                      the size is in the schema
//   array<T>       := items* 0x00
//   items          := long (count > 0) T*
//                   | long (-count) long (bytes of the T*) T*
//   union          := int (which branch) value
//   record         := its fields' values, in order

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "calve/base/result.h"

namespace calve::iceberg {

// Appends to `bytes()`. An array is items(count), the items, items(0).
class AvroEncoder {
 public:
  void put_boolean(bool value) { bytes_ += value ? '\1' : '\0'; }
  void put_long(std::int64_t value);
  void put_float(float value) { put_raw(&value, sizeof value); }
  void put_double(double value) { put_raw(&value, sizeof value); }
  void put_bytes(std::string_view value) {
    put_long(static_cast<std::int64_t>(value.size()));
    bytes_ += value;
  }
  void put_fixed(std::string_view value) { bytes_ += value; }
  void put_items(std::size_t count) { put_long(static_cast<std::int64_t>(count)); }

  const std::string& bytes() const { return bytes_; }
  void clear() { bytes_.clear(); }

 private:
  void put_raw(const void* value, std::size_t size) { bytes_.append(static_cast<const char*>(value), size); }

  std::string bytes_;
};

// Reads front to back from bytes that outlive it, and never past their end: what does not fit into
// the rest of them is refused before anything is allocated. After an error the position is
// unspecified.
class AvroDecoder {
 public:
  // Of a file's own bytes.
  explicit AvroDecoder(std::string_view file) : bytes_(file) {}
  // Of the decompressed content of a block that lies at `block_at` in the file.
  AvroDecoder(std::string_view content, std::size_t block_at) : bytes_(content), block_at_(block_at) {}

  Result<bool> boolean();
  Result<std::int64_t> long_value();
  Result<float> float_value();
  Result<double> double_value();
  // Valid as long as the decoder's bytes.
  Result<std::string_view> bytes();
  Result<std::string_view> fixed(std::int64_t size);

  // Calls read_item() -> Result<void> for each item of an array or a map.
  template <class ReadItem>
  Result<void> items(ReadItem read_item);

  std::size_t position() const { return position_; }
  std::size_t remaining() const { return bytes_.size() - position_; }

  // kInvalidData: what is wrong, and at which byte.
  std::unexpected<Error> wrong(std::string_view what) const;

 private:
  Result<std::int64_t> item_count();

  std::string_view bytes_;
  std::size_t position_ = 0;
  std::optional<std::size_t> block_at_;
};

template <class ReadItem>
Result<void> AvroDecoder::items(ReadItem read_item) {
  for (std::int64_t count = CALVE_TRY(item_count()); count > 0; count = CALVE_TRY(item_count())) {
    for (; count > 0; --count) {
      const std::size_t before = position_;
      CALVE_TRY(read_item());
      // Items of no bytes could be claimed in any number.
      if (position_ == before) return wrong("an Avro array has items without content");
    }
  }
  return {};
}

}  // namespace calve::iceberg
