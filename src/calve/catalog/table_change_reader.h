// The JSON of a change back as a value: what a catalog's server does with it. For tests.

#pragma once

#include <string_view>

#include "calve/base/result.h"
#include "calve/iceberg/table_metadata.h"
#include "calve/iceberg/table_update.h"

namespace calve::catalog {

// {"requirements": [...], "updates": [...]}; kInvalidData for what it does not know.
Result<iceberg::TableChange> read_table_change(std::string_view json);

// CreateTableRequest.
struct CreateTableRequest {
  std::string name;
  iceberg::NewTable table;
};
Result<CreateTableRequest> read_create_table(std::string_view json);

}  // namespace calve::catalog
