#include "calve/datafile/page_compressor.h"

#include <utility>

#include <arrow/util/compression.h>
#include <fmt/format.h>
#include <parquet/exception.h>
#include <zstd.h>

namespace calve::datafile {
namespace {

using arrow::Compression;

Compression::type type_of(Codec codec) {
  switch (codec) {
    case Codec::kUncompressed:
      return Compression::UNCOMPRESSED;
    case Codec::kSnappy:
      return Compression::SNAPPY;
    case Codec::kGzip:
      return Compression::GZIP;
    case Codec::kLz4Raw:
      return Compression::LZ4;
    case Codec::kZstd:
      return Compression::ZSTD;
  }
  std::unreachable();
}

constexpr int kDefaultZstdLevel = 1;

int default_level(Codec codec) {
  return codec == Codec::kZstd ? kDefaultZstdLevel : arrow::util::kUseDefaultCompressionLevel;
}

// What is compressed here without Arrow's codec, or not at all.
bool needs_no_codec(Codec codec) {
  return codec == Codec::kUncompressed || codec == Codec::kZstd;
}

Result<void> check_level(Compression::type type, int level) {
  const auto lowest = arrow::util::Codec::MinimumCompressionLevel(type);
  const auto highest = arrow::util::Codec::MaximumCompressionLevel(type);
  if (lowest.ok() && highest.ok() && level >= *lowest && level <= *highest) return {};
  return fail(ErrorKind::kConfig, fmt::format("the table property must be from {} to {} for the codec {}: "
                                              "write.parquet.compression-level='{}'",
                                              lowest.ValueOr(0), highest.ValueOr(0),
                                              arrow::util::Codec::GetCodecAsString(type), level));
}

// A context costs as much as a small page, and Arrow's codec makes one for each.
std::size_t compress_zstd(std::string_view page, char* to, std::size_t room, int level) {
  thread_local const std::unique_ptr<ZSTD_CCtx, decltype(&ZSTD_freeCCtx)> context(ZSTD_createCCtx(),
                                                                                  ZSTD_freeCCtx);
  const std::size_t size = ZSTD_compressCCtx(context.get(), to, room, page.data(), page.size(), level);
  if (ZSTD_isError(size) != 0) {
    throw parquet::ParquetException(fmt::format("zstd: {}", ZSTD_getErrorName(size)));
  }
  return size;
}

}  // namespace

Result<PageCompressor> PageCompressor::make(Codec codec, std::optional<int> level) {
  const Compression::type type = type_of(codec);
  if (!arrow::util::Codec::SupportsCompressionLevel(type)) level.reset();
  if (level) CALVE_TRY(check_level(type, *level));
  const int chosen = level.value_or(default_level(codec));
  if (needs_no_codec(codec)) return PageCompressor(type, chosen, nullptr);
  auto made = arrow::util::Codec::Create(type, chosen);
  if (!made.ok()) return fail(ErrorKind::kUnsupported, made.status().message());
  return PageCompressor(type, chosen, *std::move(made));
}

PageCompressor::PageCompressor(Compression::type type, int level, std::unique_ptr<arrow::util::Codec> codec)
    : type_(type), level_(level), codec_(std::move(codec)) {}
PageCompressor::PageCompressor(PageCompressor&&) noexcept = default;
PageCompressor& PageCompressor::operator=(PageCompressor&&) noexcept = default;
PageCompressor::~PageCompressor() = default;

std::string PageCompressor::compress(std::string_view page) const {
  if (type_ == Compression::UNCOMPRESSED) return std::string(page);
  const auto* const bytes = reinterpret_cast<const std::uint8_t*>(page.data());
  const auto length = static_cast<std::int64_t>(page.size());
  const std::size_t room = codec_ ? static_cast<std::size_t>(codec_->MaxCompressedLen(length, bytes))
                                  : ZSTD_compressBound(page.size());
  // Its memory outlives a page: what is kept of each is cut to its size.
  thread_local std::string scratch;
  std::size_t size = 0;
  if (scratch.size() < room) scratch.resize(room);
  if (codec_) {
    PARQUET_ASSIGN_OR_THROW(size, codec_->Compress(length, bytes, static_cast<std::int64_t>(room),
                                                   reinterpret_cast<std::uint8_t*>(scratch.data())));
  } else {
    size = compress_zstd(page, scratch.data(), room, level_);
  }
  return scratch.substr(0, size);
}

}  // namespace calve::datafile
