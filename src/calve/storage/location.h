// What a path names: its scheme, and within S3 its bucket and key.
//
//   location = "/" path | "file:/" path | "file:///" path        local
//            | ("s3" | "s3a" | "s3n") "://" bucket ["/" key]     S3
//            | "memory://" key                                   memory
//
// Nothing is decoded: Iceberg's metadata stores locations unescaped. A "." or ".." segment and a NUL
// byte are refused in each scheme, so that no path leaves the folder or bucket it seems to be in.

#pragma once

#include <string>
#include <string_view>

#include "calve/base/result.h"

namespace calve::storage {

enum class Scheme { kLocal, kS3, kMemory };

struct Location {
  Scheme scheme;
  std::string bucket;  // S3 alone
  std::string key;     // local: the absolute path

  bool operator==(const Location&) const = default;
};

// kConfig for what the grammar above does not have.
Result<Location> parse_location(std::string_view path);

// As parse_location(), of one object in `scheme`: another scheme, an empty key and a key that ends
// with "/" are refused too.
Result<Location> parse_object_path(std::string_view path, Scheme scheme);

// As parse_location(), of a prefix in `scheme`, whose key may be empty or end anywhere.
Result<Location> parse_prefix(std::string_view prefix, Scheme scheme);

// "a local path", "an S3 path", "a memory path": for messages.
std::string_view scheme_phrase(Scheme scheme);

}  // namespace calve::storage
