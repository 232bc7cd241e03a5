// Events into a file log, the folder of text files that `source` tails (source/file_log_source.h has
// its grammar).

#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "calve/base/result.h"
#include "calve/produce/sender.h"

namespace calve::produce {

struct FileLogTarget {
  static constexpr std::int32_t kPartitionsMax = 1'024;
  static constexpr std::int32_t kPartitionsOfNew = 4;

  std::filesystem::path root = "data";
  std::string topic = "orders.created.v1";
  std::optional<std::int32_t> partitions;  // 1 .. kPartitionsMax; none: as it is, or kPartitionsOfNew

  bool operator==(const FileLogTarget&) const = default;
};

// Makes the folder, its identity and a file for each partition unless they are there. A log with fewer
// partitions grows; one with more is kUsage, since its events' keys would be spread in two ways.
// The sender holds LineFile::kBufferBytes a partition; close() syncs every file.
Result<std::unique_ptr<Sender>> open_file_log_sender(const FileLogTarget& target);

}  // namespace calve::produce
