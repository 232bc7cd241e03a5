#include "calve/iceberg/avro_bytes.h"

#include <bit>
#include <cstring>
#include <limits>
#include <utility>

#include <fmt/format.h>

namespace calve::iceberg {
namespace {

static_assert(std::endian::native == std::endian::little, "floats are copied as they lie in memory");

constexpr int kVarintBytesMax = 10;

}  // namespace

void AvroEncoder::put_long(std::int64_t value) {
  auto rest = static_cast<std::uint64_t>(value) << 1 ^ static_cast<std::uint64_t>(value >> 63);
  for (; rest >= 0x80; rest >>= 7)
    bytes_ += static_cast<char>(rest | 0x80);
  bytes_ += static_cast<char>(rest);
}

Result<bool> AvroDecoder::boolean() {
  const std::string_view byte = CALVE_TRY(fixed(1));
  if (byte[0] != 0 && byte[0] != 1) return wrong("an Avro boolean is neither 0 nor 1");
  return byte[0] == 1;
}

Result<std::int64_t> AvroDecoder::long_value() {
  std::uint64_t zigzag = 0;
  for (int i = 0; i < kVarintBytesMax && position_ < bytes_.size(); ++i) {
    const auto byte = static_cast<unsigned char>(bytes_[position_++]);
    if (i == kVarintBytesMax - 1 && byte > 1) return wrong("an Avro number has more than 64 bits");
    zigzag |= static_cast<std::uint64_t>(byte & 0x7F) << (7 * i);
    if (byte < 0x80) return static_cast<std::int64_t>(zigzag >> 1 ^ (0 - (zigzag & 1)));
  }
  return wrong("an Avro number is cut short");
}

Result<float> AvroDecoder::float_value() {
  float value = 0;
  std::memcpy(&value, CALVE_TRY(fixed(sizeof value)).data(), sizeof value);
  return value;
}

Result<double> AvroDecoder::double_value() {
  double value = 0;
  std::memcpy(&value, CALVE_TRY(fixed(sizeof value)).data(), sizeof value);
  return value;
}

Result<std::string_view> AvroDecoder::bytes() {
  return fixed(CALVE_TRY(long_value()));
}

Result<std::string_view> AvroDecoder::fixed(std::int64_t size) {
  if (size < 0) return wrong("an Avro value has a negative size");
  if (std::cmp_greater(size, remaining())) return wrong("an Avro value runs past the end of its data");
  const std::string_view value = bytes_.substr(position_, static_cast<std::size_t>(size));
  position_ += value.size();
  return value;
}

Result<std::int64_t> AvroDecoder::item_count() {
  std::int64_t count = CALVE_TRY(long_value());
  if (count < 0) {
    if (count == std::numeric_limits<std::int64_t>::min())
      return wrong("an Avro array's count is out of range");
    count = -count;
    const std::int64_t size = CALVE_TRY(long_value());
    if (size < 0 || std::cmp_greater(size, remaining())) {
      return wrong("an Avro array's items run past the end of their data");
    }
  }
  if (std::cmp_greater(count, remaining())) return wrong("an Avro array has more items than bytes are left");
  return count;
}

std::unexpected<Error> AvroDecoder::wrong(std::string_view what) const {
  if (block_at_) {
    return fail(ErrorKind::kInvalidData, fmt::format("{}: at byte {} in the content of the block at byte {}",
                                                     what, position_, *block_at_));
  }
  return fail(ErrorKind::kInvalidData, fmt::format("{}: at byte {}", what, position_));
}

}  // namespace calve::iceberg
