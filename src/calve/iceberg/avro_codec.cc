#include "calve/iceberg/avro_codec.h"

#include <algorithm>
#include <limits>
#include <memory>

#include <fmt/format.h>
#include <zlib.h>
#include <zstd.h>

namespace calve::iceberg {
namespace {

constexpr int kDeflateLevel = 6;
constexpr int kZstandardLevel = 3;
constexpr int kRawDeflateWindowBits = -15;  // negative: no zlib header and checksum
constexpr int kDeflateMemoryLevel = 8;
constexpr std::size_t kFirstOutputBytes = std::size_t{64} * 1024;

std::unexpected<Error> corrupt(AvroCodec codec) {
  return fail(ErrorKind::kInvalidData,
              fmt::format("compressed bytes are corrupt or cut short: {}", codec_name(codec)));
}

std::unexpected<Error> too_large(std::size_t bytes_max) {
  return fail(ErrorKind::kUnsupported,
              fmt::format("a block holds more bytes than are read at once: limit {}", bytes_max));
}

// zlib counts in 32 bits.
Result<uInt> zlib_size(std::size_t size) {
  if (size > std::numeric_limits<uInt>::max()) return too_large(std::numeric_limits<uInt>::max());
  return static_cast<uInt>(size);
}

// zlib does not write through next_in, but its type is not const.
Bytef* zlib_input(std::string_view bytes) {
  return reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
}

Bytef* zlib_output(std::string& bytes, std::size_t at) {
  return reinterpret_cast<Bytef*>(bytes.data() + at);
}

Result<std::string> deflate_bytes(std::string_view bytes) {
  z_stream stream{};
  stream.avail_in = CALVE_TRY(zlib_size(bytes.size()));
  stream.next_in = zlib_input(bytes);
  if (deflateInit2(&stream, kDeflateLevel, Z_DEFLATED, kRawDeflateWindowBits, kDeflateMemoryLevel,
                   Z_DEFAULT_STRATEGY) != Z_OK) {
    return fail(ErrorKind::kInternal, "zlib could not be set up to compress");
  }
  const std::unique_ptr<z_stream, int (*)(z_stream*)> end(&stream, deflateEnd);
  const auto bound = zlib_size(deflateBound(&stream, bytes.size()));
  if (!bound) return std::unexpected(bound.error());
  std::string output(*bound, '\0');
  stream.avail_out = *bound;
  stream.next_out = zlib_output(output, 0);
  if (deflate(&stream, Z_FINISH) != Z_STREAM_END)
    return fail(ErrorKind::kInternal, "zlib did not compress a block");
  output.resize(stream.total_out);
  return output;
}

// Room for more output: twice as much, up to the limit.
Result<void> grow(std::string& output, std::size_t bytes_max) {
  if (output.size() >= bytes_max) return too_large(bytes_max);
  output.resize(std::min(bytes_max, std::max(kFirstOutputBytes, output.size() * 2)));
  return {};
}

Result<std::string> inflate_bytes(std::string_view bytes, std::size_t bytes_max) {
  z_stream stream{};
  stream.avail_in = CALVE_TRY(zlib_size(bytes.size()));
  stream.next_in = zlib_input(bytes);
  if (inflateInit2(&stream, kRawDeflateWindowBits) != Z_OK) {
    return fail(ErrorKind::kInternal, "zlib could not be set up to decompress");
  }
  const std::unique_ptr<z_stream, int (*)(z_stream*)> end(&stream, inflateEnd);
  std::string output;
  for (int status = Z_OK; status != Z_STREAM_END;) {
    if (stream.avail_out == 0) {
      if (auto grown = grow(output, bytes_max); !grown) return std::unexpected(grown.error());
      stream.next_out = zlib_output(output, stream.total_out);
      stream.avail_out = static_cast<uInt>(output.size() - stream.total_out);
    }
    status = inflate(&stream, Z_NO_FLUSH);
    const bool wants_input = status == Z_BUF_ERROR || (status == Z_OK && stream.avail_out > 0);
    if (wants_input || (status != Z_OK && status != Z_STREAM_END)) return corrupt(AvroCodec::kDeflate);
  }
  // Bytes after the end are let be: Python's writers leave part of zlib's checksum there.
  output.resize(stream.total_out);
  return output;
}

Result<std::string> zstandard_compress(std::string_view bytes) {
  std::string output(ZSTD_compressBound(bytes.size()), '\0');
  const std::size_t size =
      ZSTD_compress(output.data(), output.size(), bytes.data(), bytes.size(), kZstandardLevel);
  if (ZSTD_isError(size) != 0) {
    return fail(ErrorKind::kInternal,
                fmt::format("zstd did not compress a block: {}", ZSTD_getErrorName(size)));
  }
  output.resize(size);
  return output;
}

// As a stream: Java's writers do not put the size of the content into the frame.
Result<std::string> zstandard_decompress(std::string_view bytes, std::size_t bytes_max) {
  const std::unique_ptr<ZSTD_DCtx, std::size_t (*)(ZSTD_DCtx*)> context(ZSTD_createDCtx(), ZSTD_freeDCtx);
  ZSTD_inBuffer input{bytes.data(), bytes.size(), 0};
  std::string output;
  std::size_t written = 0;
  std::size_t wanted = 1;  // 0 at the end of a frame
  while (input.pos < input.size || (wanted != 0 && written == output.size())) {
    if (written == output.size()) CALVE_TRY(grow(output, bytes_max));
    ZSTD_outBuffer room{output.data(), output.size(), written};
    wanted = ZSTD_decompressStream(context.get(), &room, &input);
    if (ZSTD_isError(wanted) != 0) return corrupt(AvroCodec::kZstandard);
    written = room.pos;
  }
  if (wanted != 0) return corrupt(AvroCodec::kZstandard);
  output.resize(written);
  return output;
}

}  // namespace

std::string_view codec_name(AvroCodec codec) {
  switch (codec) {
    case AvroCodec::kNull:
      return "null";
    case AvroCodec::kDeflate:
      return "deflate";
    case AvroCodec::kZstandard:
      return "zstandard";
  }
  __builtin_unreachable();
}

Result<AvroCodec> parse_codec(std::string_view name) {
  for (const AvroCodec codec : {AvroCodec::kNull, AvroCodec::kDeflate, AvroCodec::kZstandard}) {
    if (name == codec_name(codec)) return codec;
  }
  return fail(
      ErrorKind::kUnsupported,
      fmt::format("an Avro file's codec is not read here; have the table written with null, deflate or "
                  "zstandard: {}",
                  name));
}

Result<std::string> compress(std::string_view bytes, AvroCodec codec) {
  switch (codec) {
    case AvroCodec::kNull:
      return std::string(bytes);
    case AvroCodec::kDeflate:
      return deflate_bytes(bytes);
    case AvroCodec::kZstandard:
      return zstandard_compress(bytes);
  }
  __builtin_unreachable();
}

Result<std::string> decompress(std::string_view bytes, AvroCodec codec, std::size_t bytes_max) {
  switch (codec) {
    case AvroCodec::kNull:
      if (bytes.size() > bytes_max) return too_large(bytes_max);
      return std::string(bytes);
    case AvroCodec::kDeflate:
      return inflate_bytes(bytes, bytes_max);
    case AvroCodec::kZstandard:
      return zstandard_decompress(bytes, bytes_max);
  }
  __builtin_unreachable();
}

}  // namespace calve::iceberg
