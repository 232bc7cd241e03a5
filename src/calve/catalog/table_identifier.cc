#include "calve/catalog/table_identifier.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace calve::catalog {
namespace {

constexpr std::size_t kPartBytesMax = 255;  // what local file systems take as one name

bool is_allowed(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte > 0x20 && byte != 0x7f && c != '/' && c != '\\' && c != '%';
}

}  // namespace

Result<TableIdentifier> parse_table_identifier(std::string_view text) {
  TableIdentifier table;
  std::size_t begin = 0;
  while (true) {
    const std::size_t dot = text.find('.', begin);
    const std::string_view part = text.substr(begin, dot - begin);
    if (part.empty() || part.size() > kPartBytesMax || !std::ranges::all_of(part, is_allowed)) {
      return fail(ErrorKind::kConfig,
                  fmt::format("Not a table name. Write it as namespace.table, each part of 1 to {} bytes "
                              "without '/', '\\', '%', spaces and control characters: '{}'",
                              kPartBytesMax, text));
    }
    if (dot == std::string_view::npos) {
      table.name = part;
      break;
    }
    table.namespace_levels.emplace_back(part);
    begin = dot + 1;
  }
  if (table.namespace_levels.empty()) {
    return fail(ErrorKind::kConfig,
                fmt::format("A table name needs a namespace. Write it as namespace.table: '{}'", text));
  }
  return table;
}

std::string to_string(const TableIdentifier& table) {
  return fmt::format("{}.{}", fmt::join(table.namespace_levels, "."), table.name);
}

}  // namespace calve::catalog
