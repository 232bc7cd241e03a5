// The .identity of a file log's folder (see file_log_source.h).

#pragma once

#include <filesystem>

#include "calve/base/result.h"
#include "calve/base/uuid.h"

namespace calve::source {

// kNotFound if there is none, kInvalidData if it is no UUID.
Result<Uuid> read_file_log_identity(const std::filesystem::path& folder);

// Makes folder and identity unless they are there; of any number of racing processes all get the same.
Result<Uuid> ensure_file_log_identity(const std::filesystem::path& folder);

}  // namespace calve::source
