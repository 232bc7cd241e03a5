// How data files are written, by the names that Iceberg gives its table properties.

#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "calve/base/result.h"

namespace calve::datafile {

enum class Codec { kUncompressed, kSnappy, kGzip, kLz4Raw, kZstd };

// kPortable writes PLAIN and dictionary pages, which every reader has always had. kDelta is smaller
// and faster where readers know it: Iceberg's vectorized Spark reader learned DELTA_BINARY_PACKED and
// DELTA_LENGTH_BYTE_ARRAY late, and older ones fail on the file.
enum class EncodingSet { kPortable, kDelta };

// Lets a reader skip pages.
enum class PageIndex { kOmit, kWrite };

struct WriterOptions {
  Codec codec = Codec::kZstd;                      // write.parquet.compression-codec
  std::optional<int> compression_level;            // write.parquet.compression-level; absent: 1 for zstd
  std::int64_t page_bytes_max = 1 << 20;           // write.parquet.page-size-bytes
  std::int64_t dictionary_bytes_max = 2 << 20;     // write.parquet.dict-size-bytes
  std::int64_t row_group_bytes_max = 128 << 20;    // write.parquet.row-group-size-bytes, as buffered
  std::int64_t target_file_bytes = 512 << 20;      // write.target-file-size-bytes
  EncodingSet encodings = EncodingSet::kPortable;  // calve.write.parquet.encodings: portable, delta
  PageIndex page_index = PageIndex::kOmit;         // calve.write.parquet.page-index: omit, write

  bool operator==(const WriterOptions&) const = default;
};

// Reads the names above out of a table's properties and leaves the others alone. kConfig for a value
// that is none of theirs, which includes the codecs brotli and lz4 (the framing that only Hadoop reads).
Result<WriterOptions> writer_options(const std::map<std::string, std::string>& properties);

}  // namespace calve::datafile
