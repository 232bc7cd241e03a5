// What the table is told of a file's columns: counts, sizes and bounds.

#pragma once

#include <cstdint>
#include <vector>

#include "calve/datafile/parquet_schema.h"
#include "calve/iceberg/data_file.h"

namespace parquet {
class FileMetaData;
}

namespace calve::datafile {

// Fills record_count, column_sizes, the value, null and NaN counts, bounds and split_offsets, from the
// footer of a file that was written under `schema`. `nan_counts` has an entry per leaf; Parquet does
// not count them, and leaves them out of its own minimum and maximum.
//
// As Iceberg's Java writer does: a value count is the count of entries, so nulls and, in a list, an
// entry per empty list are in it; leaves within a list or map have no bounds. A column has no bound on
// a side where some row group's statistics lack it (a value longer than Parquet keeps, 4 KiB).
void add_metrics(const parquet::FileMetaData& footer, const FileSchema& schema,
                 const std::vector<std::int64_t>& nan_counts, iceberg::DataFile& file);

}  // namespace calve::datafile
