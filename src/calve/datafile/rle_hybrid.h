// The run-length and bit-packing hybrid that Parquet keeps levels and dictionary indices in.
// Parquet format, Encodings.md: "Run Length Encoding / Bit-Packing Hybrid (RLE = 3)".
//
//   runs             = run*
//   run              = bit-packed-run | rle-run
//   bit-packed-run   = varint(groups << 1 | 1) group*      a group: 8 values, little-endian bits,
//                                                          `bit_width` bytes
//   rle-run          = varint(count << 1) value            the value in ceil(bit_width / 8) bytes

#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace calve::datafile {

// Bits that the largest of the values needs.
int bit_width_of(std::uint32_t largest);

// Appends the runs of `values` to `to`; each is below 2^bit_width, and bit_width is 0 to 32. The last group
// is filled up with zeros that are no values: a reader knows the count.
void append_rle_hybrid(std::span<const std::int16_t> values, int bit_width, std::string& to);
void append_rle_hybrid(std::span<const std::uint32_t> values, int bit_width, std::string& to);

}  // namespace calve::datafile
