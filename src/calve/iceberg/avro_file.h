// Avro's object container file: what the header says, and blocks of encoded objects.

#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "calve/base/result.h"
#include "calve/iceberg/avro_bytes.h"
#include "calve/iceberg/avro_codec.h"
#include "calve/iceberg/avro_schema.h"

namespace calve::iceberg {

using AvroMetadata = std::map<std::string, std::string, std::less<>>;

struct AvroBlock {
  std::int64_t objects = 0;
  std::string content;  // decompressed
  std::size_t at = 0;   // offset of the block in its file
};

struct AvroFile {
  AvroMetadata metadata;  // "avro.schema" and "avro.codec" among them
  AvroSchema schema;
  std::vector<AvroBlock> blocks;
};

// A manifest of Iceberg's default target size has 8 MiB; this is all its blocks, decompressed.
inline constexpr std::size_t kAvroContentBytesMax = std::size_t{256} * 1024 * 1024;

// kInvalidData with the byte offset for what breaks the format; kUnsupported for another codec, a
// recursive schema, and content beyond the limit.
Result<AvroFile> read_avro_file(std::string_view bytes);

// Writes a file front to back. The synchronisation marker follows from the header, so that equal input
// gives equal bytes.
class AvroFileWriter {
 public:
  // `metadata` without Avro's own keys.
  AvroFileWriter(AvroMetadata metadata, std::string schema_json, AvroCodec codec);

  // Each object is at least one byte long, or a reader may refuse the block.
  Result<void> append_block(std::int64_t objects, std::string_view content);
  // Ends the file and the use of this writer.
  std::string take() && { return std::move(bytes_); }

 private:
  AvroCodec codec_;
  std::string marker_;
  std::string bytes_;
};

}  // namespace calve::iceberg
