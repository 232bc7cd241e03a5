// Single integer columns of a data file, for accounts over a whole table.

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "calve/base/ids.h"
#include "calve/base/result.h"

namespace calve::datafile {

// The values of top-level, required columns of type int or long, in the order of rows; one vector for
// each field id asked for. `file` is the whole Parquet file. kInvalidData, naming `path`, if it is
// damaged or lacks such a column.
Result<std::vector<std::vector<std::int64_t>>> read_integer_columns(const std::string& file,
                                                                    const std::string& path,
                                                                    const std::vector<FieldId>& fields);

}  // namespace calve::datafile
