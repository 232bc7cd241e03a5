// A table's name within a catalog.

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "calve/base/result.h"

namespace calve::catalog {

struct TableIdentifier {
  std::vector<std::string> namespace_levels;
  std::string name;

  bool operator==(const TableIdentifier&) const = default;
};

// "analytics.orders": the last part is the table. kConfig for an empty part and for what could leave
// the warehouse or end in no file system: "..", '/', '\\', '%', control characters, over 255 bytes a part.
Result<TableIdentifier> parse_table_identifier(std::string_view text);

// "analytics.orders"
std::string to_string(const TableIdentifier& table);

}  // namespace calve::catalog
