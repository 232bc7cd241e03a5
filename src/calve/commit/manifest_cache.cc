#include "calve/commit/manifest_cache.h"

#include <algorithm>

namespace calve::commit {

void ManifestCache::put(std::string path, std::string bytes) {
  bytes_ += bytes.size();
  manifests_.emplace_back(std::move(path), std::move(bytes));
  while (bytes_ > kBytesMax) {
    bytes_ -= manifests_.front().second.size();
    manifests_.pop_front();
  }
}

std::optional<std::string> ManifestCache::take(const std::string& path) {
  const auto found = std::ranges::find(manifests_, path, &std::pair<std::string, std::string>::first);
  if (found == manifests_.end()) return std::nullopt;
  std::string bytes = std::move(found->second);
  bytes_ -= bytes.size();
  manifests_.erase(found);
  return bytes;
}

}  // namespace calve::commit
