// The store that a location belongs to.

#pragma once

#include <memory>
#include <string_view>

#include "calve/storage/object_store.h"
#include "calve/storage/s3_options.h"

namespace calve::storage {

// By the scheme of `location`, a warehouse or any path in it; the grammar is in location.h. The S3
// options are taken for S3 alone. A memory store is new each time. kConfig for any other scheme.
Result<std::unique_ptr<ObjectStore>> open_store(std::string_view location, const S3Options& s3);

}  // namespace calve::storage
