// Metadata files may be gzip-compressed: Java writers do it by "write.metadata.compression-codec".

#pragma once

#include <string>

#include "calve/base/result.h"

namespace calve::catalog {

inline constexpr std::size_t kMetadataBytesMax = std::size_t{1} << 30;  // decompressed: stops a gzip bomb

// The JSON text of a metadata file: `bytes` themselves, or what they hold if they begin as gzip does.
// kInvalidData, naming the path, if they are damaged or hold more than `text_bytes_max`.
Result<std::string> decompress_metadata(const std::string& path, std::string bytes,
                                        std::size_t text_bytes_max = kMetadataBytesMax);

}  // namespace calve::catalog
