// What every catalog that stores metadata files itself does to the log of previous ones.

#pragma once

#include <string>
#include <vector>

#include "calve/iceberg/table_metadata.h"

namespace calve::catalog {

// The property and default of Iceberg's "write.metadata.previous-versions-max".
inline constexpr const char* kPreviousVersionsMaxProperty = "write.metadata.previous-versions-max";
inline constexpr int kPreviousVersionsMaxDefault = 100;
// Whether metadata files that fell out of the log are deleted. Off by default.
inline constexpr const char* kDeleteAfterCommitProperty = "write.metadata.delete-after-commit.enabled";

// Enters the file that `next` replaces into its log, and trims the log to the table's limit.
void log_previous_metadata(iceberg::TableMetadata& next, const iceberg::TableMetadata& previous,
                           const std::string& previous_location);

// The files that `next` no longer names in its log and `previous` did; none unless the table has them
// deleted.
std::vector<std::string> files_out_of_log(const iceberg::TableMetadata& previous,
                                          const iceberg::TableMetadata& next);

}  // namespace calve::catalog
