// The values of one column in one row group, encoded and compressed page by page in memory.
//
// Levels and dictionary indices are runs (calve/datafile/rle_hybrid.h), values PLAIN (calve/datafile/plain.h)
// or delta-encoded by Arrow's encoders; a page is a data page of version 1, which every reader knows, and
// begins with a row. Thrift headers and the file's footer are Arrow's. Parquet format: README.md "Data
// Pages", Encodings.md.

#pragma once

#include <cstdint>
#include <memory>

#include "calve/batch/column_batch.h"
#include "calve/datafile/encoding.h"
#include "calve/datafile/page_compressor.h"
#include "calve/iceberg/schema.h"

namespace parquet {
class ColumnChunkMetaDataBuilder;
class ColumnDescriptor;
class PageWriter;
}  // namespace parquet

namespace calve::datafile {

// Sizes are looked at after each slice of rows (calve/datafile/column_slices.h), and 1 GiB is the most.
struct ColumnChunkOptions {
  ColumnEncoding encoding = ColumnEncoding::kPlain;  // one that the type has
  std::int64_t page_bytes_max = 0;        // before compression; the page ends with the slice that reaches it
  std::int64_t dictionary_bytes_max = 0;  // a dictionary that grows beyond is given up for PLAIN
};

// One thread at a time.
class ColumnChunk {
 public:
  virtual ~ColumnChunk() = default;

  // Whole rows, which are not looked at after the call.
  virtual void append(const batch::Column& column) = 0;

  // Memory held.
  virtual std::int64_t held_bytes() const = 0;
  // What it would have in the file now; the page under way counts uncompressed.
  virtual std::int64_t file_bytes() const = 0;

  // Writes everything, statistics included, and closes `pages`. No call may follow.
  virtual void write_to(parquet::PageWriter& pages, parquet::ColumnChunkMetaDataBuilder& metadata) = 0;
};

// For the column `leaf` of the table, which the file has as `descriptor`; that and `compressor` must outlive
// the chunk. The chunk's calls throw parquet::ParquetException.
std::unique_ptr<ColumnChunk> make_column_chunk(const iceberg::Leaf& leaf,
                                               const parquet::ColumnDescriptor& descriptor,
                                               const PageCompressor& compressor,
                                               const ColumnChunkOptions& options);

}  // namespace calve::datafile
