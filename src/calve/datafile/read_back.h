// Reads a file back by Arrow's own reader, for tests.

#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <arrow/api.h>

namespace calve::datafile {

// Aborts if the bytes are no Parquet file.
std::shared_ptr<arrow::Table> read_table(const std::string& bytes);

// A top-level column of 64-bit integers without nulls.
std::vector<std::int64_t> read_longs(const arrow::Table& table, const std::string& column);

}  // namespace calve::datafile
