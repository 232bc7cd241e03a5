// DELTA_BINARY_PACKED and DELTA_LENGTH_BYTE_ARRAY, by Arrow's encoders.
// Parquet format, Encodings.md: "Delta Encoding", "Delta-length byte array".

#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "calve/datafile/plain.h"

namespace parquet {
class Encoder;
}

namespace calve::datafile {

// Adds the values to the encoder, which is Arrow's of either encoding for the physical type that `Plain` (one
// of calve/datafile/plain.h) has. Not all have one.
void put_delta(const PlainAsItLies<std::int32_t>&, std::span<const std::int32_t> values,
               parquet::Encoder& to);
void put_delta(const PlainAsItLies<std::int64_t>&, std::span<const std::int64_t> values,
               parquet::Encoder& to);
void put_delta(const PlainNarrowed&, std::span<const std::int64_t> values, parquet::Encoder& to);
void put_delta(const PlainByteArray&, std::span<const std::string_view> values, parquet::Encoder& to);

template <class Plain>
concept DeltaEncodable = requires(const Plain& plain, std::span<const typename Plain::Value> values,
                                  parquet::Encoder& to) { put_delta(plain, values, to); };

}  // namespace calve::datafile
