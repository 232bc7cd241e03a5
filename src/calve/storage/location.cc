#include "calve/storage/location.h"

#include <optional>
#include <utility>

#include <fmt/format.h>

namespace calve::storage {
namespace {

std::optional<std::string_view> after(std::string_view text, std::string_view start) {
  if (!text.starts_with(start)) return std::nullopt;
  return text.substr(start.size());
}

bool has_dot_segment(std::string_view key) {
  while (true) {
    const auto slash = key.find('/');
    const auto segment = key.substr(0, slash);
    if (segment == "." || segment == "..") return true;
    if (slash == std::string_view::npos) return false;
    key.remove_prefix(slash + 1);
  }
}

// Names only, as S3 gives them; it also keeps what follows "@" or ":" out of a host name.
bool is_bucket_name(std::string_view bucket) {
  if (bucket.empty() || bucket.size() > 255) return false;
  return bucket.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_") ==
         std::string_view::npos;
}

Result<Location> split_s3(std::string_view rest, std::string_view path) {
  const auto slash = rest.find('/');
  const auto bucket = rest.substr(0, slash);
  if (!is_bucket_name(bucket) || has_dot_segment(bucket)) {
    return fail(ErrorKind::kConfig,
                fmt::format("not a bucket name; write s3://bucket/key: '{}' in '{}'", bucket, path));
  }
  const auto key = slash == std::string_view::npos ? std::string_view{} : rest.substr(slash + 1);
  return Location{Scheme::kS3, std::string(bucket), std::string(key)};
}

Result<Location> split(std::string_view path) {
  for (const std::string_view scheme : {"s3://", "s3a://", "s3n://"}) {
    if (const auto rest = after(path, scheme)) return split_s3(*rest, path);
  }
  if (const auto rest = after(path, "memory://")) {
    return Location{Scheme::kMemory, {}, std::string(*rest)};
  }
  auto local = path;
  if (const auto rest = after(path, "file:///")) {
    local = path.substr(path.size() - rest->size() - 1);
  } else if (path.starts_with("file://")) {
    return fail(ErrorKind::kConfig,
                fmt::format("a file URI names no host; write file:///folder: '{}'", path));
  } else if (const auto absolute = after(path, "file:")) {
    local = *absolute;
  }
  if (!local.starts_with('/')) {
    return fail(ErrorKind::kConfig,
                fmt::format("not a location; write an absolute path or s3://bucket/key: '{}'", path));
  }
  return Location{Scheme::kLocal, {}, std::string(local)};
}

Result<Location> parse_in_scheme(std::string_view path, Scheme scheme) {
  auto location = CALVE_TRY(parse_location(path));
  if (location.scheme != scheme) {
    return fail(ErrorKind::kConfig,
                fmt::format("the path is not of this store; it takes {}: '{}'", scheme_phrase(scheme), path));
  }
  return location;
}

}  // namespace

Result<Location> parse_location(std::string_view path) {
  if (path.find('\0') != std::string_view::npos) {
    return fail(ErrorKind::kConfig, "a NUL byte in a path is refused");
  }
  auto location = CALVE_TRY(split(path));
  if (has_dot_segment(location.key)) {
    return fail(ErrorKind::kConfig,
                fmt::format("'.' and '..' in a path are refused; write the folder itself: '{}'", path));
  }
  return location;
}

Result<Location> parse_object_path(std::string_view path, Scheme scheme) {
  auto location = CALVE_TRY(parse_in_scheme(path, scheme));
  if (location.key.empty() || location.key.ends_with('/')) {
    return fail(ErrorKind::kConfig, fmt::format("the path names no object: '{}'", path));
  }
  return location;
}

Result<Location> parse_prefix(std::string_view prefix, Scheme scheme) {
  return parse_in_scheme(prefix, scheme);
}

std::string_view scheme_phrase(Scheme scheme) {
  switch (scheme) {
    case Scheme::kLocal:
      return "a local path";
    case Scheme::kS3:
      return "an S3 path";
    case Scheme::kMemory:
      return "a memory path";
  }
  std::unreachable();
}

}  // namespace calve::storage
