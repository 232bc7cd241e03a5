// What every store's read_range() asks of its arguments.

#pragma once

#include <cstdint>
#include <limits>
#include <string>

#include <fmt/format.h>

#include "calve/base/result.h"

namespace calve::storage {

// kUsage unless begin and length are not negative and their sum fits.
inline Result<void> check_byte_range(const std::string& path, std::int64_t begin, std::int64_t length) {
  if (begin < 0 || length < 0 || length > std::numeric_limits<std::int64_t>::max() - begin) {
    return fail(ErrorKind::kUsage,
                fmt::format("a byte range must not be negative: {} + {} of '{}'", begin, length, path));
  }
  return {};
}

}  // namespace calve::storage
