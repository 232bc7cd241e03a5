#include "calve/produce/file_log_sender.h"

#include <utility>
#include <vector>

#include <fmt/format.h>

#include "calve/produce/line_file.h"
#include "calve/produce/partitioner.h"
#include "calve/source/file_log_identity.h"

namespace calve::produce {
namespace {

class FileLogSender final : public Sender {
 public:
  explicit FileLogSender(std::vector<LineFile> files) : files_(std::move(files)) {}

  Result<void> send(const Message& message) override {
    const PartitionId partition = partition_of(message.key, static_cast<std::int32_t>(files_.size()));
    return files_[static_cast<std::size_t>(partition.value())].add(message.payload);
  }

  Result<void> flush() override {
    for (LineFile& file : files_)
      CALVE_TRY(file.flush());
    return {};
  }

  Result<void> close() override {
    for (LineFile& file : files_)
      CALVE_TRY(file.sync());
    return {};
  }

  Deliveries deliveries() const override {
    Deliveries sum;
    for (const LineFile& file : files_)
      sum.delivered += file.written();
    return sum;
  }

  // A file that refuses a write ends the run.
  std::optional<Error> first_failure() const override { return std::nullopt; }

 private:
  std::vector<LineFile> files_;  // by partition
};

std::filesystem::path file_of(const std::filesystem::path& folder, std::int32_t partition) {
  return folder / fmt::format("{}.ndjson", partition);
}

// Files from 0 on; 0 of a log that is not there yet.
std::int32_t partitions_of(const std::filesystem::path& folder) {
  std::error_code ignored;
  std::int32_t partitions = 0;
  while (partitions < FileLogTarget::kPartitionsMax &&
         std::filesystem::exists(file_of(folder, partitions), ignored))
    ++partitions;
  return partitions;
}

}  // namespace

Result<std::unique_ptr<Sender>> open_file_log_sender(const FileLogTarget& target) {
  const std::filesystem::path folder = target.root / target.topic;
  CALVE_TRY(source::ensure_file_log_identity(folder));
  const std::int32_t there = partitions_of(folder);
  const std::int32_t wanted =
      target.partitions.value_or(there == 0 ? FileLogTarget::kPartitionsOfNew : there);
  if (there > wanted) {
    return fail(ErrorKind::kUsage,
                fmt::format("The file log has more partitions than asked for; leave --partitions out, or "
                            "give another topic: {} asked, {} in {}",
                            wanted, there, folder.string()));
  }
  std::vector<LineFile> files;
  files.reserve(static_cast<std::size_t>(wanted));
  for (std::int32_t partition = 0; partition < wanted; ++partition) {
    files.push_back(CALVE_TRY(LineFile::append_to(file_of(folder, partition))));
  }
  return std::make_unique<FileLogSender>(std::move(files));
}

}  // namespace calve::produce
