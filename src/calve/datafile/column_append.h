// A column's vectors into a Parquet column writer, in the physical type that the schema gave it.

#pragma once

#include <vector>

#include <parquet/types.h>

#include "calve/batch/column_batch.h"
#include "calve/iceberg/schema.h"

namespace parquet {
class ColumnWriter;
}

namespace calve::datafile {

// Where values are turned into Parquet's structs; kept for its memory. What is in it between calls
// means nothing, so one serves any number of files of one thread.
struct AppendScratch {
  std::vector<parquet::ByteArray> byte_arrays;
  std::vector<parquet::FixedLenByteArray> fixed_byte_arrays;
  std::vector<std::uint8_t> decimal_bytes;
  std::vector<std::int32_t> ints;
  std::unique_ptr<bool[]> bits;
  std::size_t bits_size = 0;
};

// Throws parquet::ParquetException. The column's values must be the type's alternative.
void append_column(const batch::Column& column, const iceberg::PrimitiveType& type, AppendScratch& scratch,
                   parquet::ColumnWriter& to);

}  // namespace calve::datafile
