// Compression of the blocks of an Avro file. Avro specification: "Required Codecs", "Optional Codecs".

#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "calve/base/result.h"

namespace calve::iceberg {

// Iceberg's Java default is deflate ("gzip").
enum class AvroCodec { kNull, kDeflate, kZstandard };

// The value of a file's "avro.codec".
std::string_view codec_name(AvroCodec codec);
// kUnsupported for a codec that Iceberg's writers do not use (snappy, bzip2, xz).
Result<AvroCodec> parse_codec(std::string_view name);

Result<std::string> compress(std::string_view bytes, AvroCodec codec);
// kInvalidData if `bytes` are corrupt or cut short; kUnsupported if they hold more than `bytes_max`.
Result<std::string> decompress(std::string_view bytes, AvroCodec codec, std::size_t bytes_max);

}  // namespace calve::iceberg
