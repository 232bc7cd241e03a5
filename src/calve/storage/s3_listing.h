// One page of ListObjectsV2.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "calve/base/result.h"

namespace calve::storage {

struct S3ListedObject {
  std::string key;
  std::int64_t size_bytes;

  bool operator==(const S3ListedObject&) const = default;
};

struct S3ListingPage {
  std::vector<S3ListedObject> objects;
  std::string continuation;  // asks for the next page; empty: this is the last
};

// kInvalidData for what is no ListBucketResult.
Result<S3ListingPage> parse_s3_listing(std::string_view document);

}  // namespace calve::storage
