// Single integer columns of a data file, for accounts over a whole table.

#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>

#include "calve/base/ids.h"
#include "calve/base/result.h"
#include "calve/storage/object_store.h"

namespace calve::datafile {

struct IntegerColumnPair {
  FieldId first;
  FieldId second;
};

struct DataFileLocation {
  std::string path;
  std::int64_t size_bytes = 0;
};

// Calls visit(first values, second values) for runs of rows, in their order; both spans are as long as
// the run. The columns are top-level, required, of type int or long; of a large file only their bytes
// are read. kInvalidData, naming the path, if the file is damaged, not of that size, or lacks such a
// column; else the store's errors. Runs may have been visited before an error is found.
Result<void> visit_integer_columns(
    storage::ObjectStore& store, const DataFileLocation& file, IntegerColumnPair fields,
    const std::function<void(std::span<const std::int64_t>, std::span<const std::int64_t>)>& visit);

}  // namespace calve::datafile
