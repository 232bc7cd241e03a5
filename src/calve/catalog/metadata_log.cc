#include "calve/catalog/metadata_log.h"

#include <algorithm>
#include <charconv>

namespace calve::catalog {
namespace {

int previous_versions_max(const iceberg::TableMetadata& metadata) {
  const auto property = metadata.properties.find(kPreviousVersionsMaxProperty);
  if (property == metadata.properties.end()) return kPreviousVersionsMaxDefault;
  const std::string& text = property->second;
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool is_number = error == std::errc() && end == text.data() + text.size();
  return is_number ? std::max(value, 1) : kPreviousVersionsMaxDefault;
}

}  // namespace

void log_previous_metadata(iceberg::TableMetadata& next, const iceberg::TableMetadata& previous,
                           const std::string& previous_location) {
  auto& log = next.metadata_log;
  log.push_back({.timestamp = previous.last_updated, .metadata_file = previous_location});
  const auto limit = static_cast<std::size_t>(previous_versions_max(next));
  if (log.size() > limit) log.erase(log.begin(), log.end() - static_cast<std::ptrdiff_t>(limit));
}

}  // namespace calve::catalog
