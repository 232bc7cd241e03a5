#include "calve/iceberg/table_property.h"

#include <charconv>
#include <string>
#include <system_error>

namespace calve::iceberg {

std::int64_t number_property(const TableMetadata& table, const char* name, std::int64_t otherwise) {
  const auto property = table.properties.find(name);
  if (property == table.properties.end()) return otherwise;
  const std::string& text = property->second;
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() ? value : otherwise;
}

bool is_enabled(const TableMetadata& table, const char* name, Otherwise otherwise) {
  const auto property = table.properties.find(name);
  if (property != table.properties.end() && property->second == "true") return true;
  if (property != table.properties.end() && property->second == "false") return false;
  return otherwise == Otherwise::kYes;
}

}  // namespace calve::iceberg
