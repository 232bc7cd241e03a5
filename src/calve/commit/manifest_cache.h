// Manifests that this process has written lately, so that merging them reads nothing back.

#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <utility>

namespace calve::commit {

// One thread. What does not fit any more is forgotten, oldest first.
class ManifestCache {
 public:
  static constexpr std::size_t kBytesMax = std::size_t{8} << 20;

  void put(std::string path, std::string bytes);
  // A manifest is merged once: taking it out makes room.
  std::optional<std::string> take(const std::string& path);

  std::size_t bytes() const { return bytes_; }

 private:
  std::deque<std::pair<std::string, std::string>> manifests_;  // path and bytes, oldest first
  std::size_t bytes_ = 0;
};

}  // namespace calve::commit
