#include "calve/catalog/metadata_log.h"

#include <algorithm>
#include <cstdint>
#include <limits>

#include "calve/iceberg/table_property.h"

namespace calve::catalog {
namespace {

// Java's is an int: more than that is no number to it.
std::int64_t previous_versions_max(const iceberg::TableMetadata& metadata) {
  const std::int64_t count =
      number_property(metadata, kPreviousVersionsMaxProperty, kPreviousVersionsMaxDefault);
  if (count > std::numeric_limits<std::int32_t>::max()) return kPreviousVersionsMaxDefault;
  return std::max<std::int64_t>(count, 1);
}

}  // namespace

void log_previous_metadata(iceberg::TableMetadata& next, const iceberg::TableMetadata& previous,
                           const std::string& previous_location) {
  auto& log = next.metadata_log;
  log.push_back({.timestamp = previous.last_updated, .metadata_file = previous_location});
  const auto limit = static_cast<std::size_t>(previous_versions_max(next));
  if (log.size() > limit) log.erase(log.begin(), log.end() - static_cast<std::ptrdiff_t>(limit));
}

std::vector<std::string> files_out_of_log(const iceberg::TableMetadata& previous,
                                          const iceberg::TableMetadata& next) {
  std::vector<std::string> files;
  if (!is_enabled(next, kDeleteAfterCommitProperty, iceberg::Otherwise::kNo)) return files;
  for (const auto& entry : previous.metadata_log) {
    if (std::ranges::find(next.metadata_log, entry.metadata_file,
                          &iceberg::MetadataLogEntry::metadata_file) == next.metadata_log.end()) {
      files.push_back(entry.metadata_file);
    }
  }
  return files;
}

}  // namespace calve::catalog
