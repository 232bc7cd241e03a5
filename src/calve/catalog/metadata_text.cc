#include "calve/catalog/metadata_text.h"

#include <fmt/format.h>
#include <zlib.h>

namespace calve::catalog {
namespace {

constexpr int kGzipWindowBits = 15 + 16;
constexpr std::size_t kChunkBytes = std::size_t{256} << 10;

}  // namespace

Result<std::string> decompress_metadata(const std::string& path, std::string bytes,
                                        std::size_t text_bytes_max) {
  if (!bytes.starts_with("\x1f\x8b")) return bytes;
  z_stream stream{};
  if (inflateInit2(&stream, kGzipWindowBits) != Z_OK) {
    return fail(ErrorKind::kInternal, "zlib could not be initialised");
  }
  stream.next_in = reinterpret_cast<Bytef*>(bytes.data());
  stream.avail_in = static_cast<uInt>(bytes.size());
  std::string text;
  int status = Z_OK;
  while (status == Z_OK && text.size() <= text_bytes_max) {
    const std::size_t done = text.size();
    text.resize(done + kChunkBytes);
    stream.next_out = reinterpret_cast<Bytef*>(text.data() + done);
    stream.avail_out = kChunkBytes;
    status = inflate(&stream, Z_NO_FLUSH);
    text.resize(text.size() - stream.avail_out);
  }
  inflateEnd(&stream);
  if (status != Z_STREAM_END || text.size() > text_bytes_max) {
    return fail(ErrorKind::kInvalidData,
                fmt::format("Damaged gzip, or over {} bytes when unpacked: {}", text_bytes_max, path));
  }
  return text;
}

}  // namespace calve::catalog
