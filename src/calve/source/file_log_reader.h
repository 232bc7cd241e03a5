// One partition's file of a file log (see file_log_source.h).

#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <vector>

#include <sys/types.h>

#include "calve/source/source.h"

namespace calve::source {

struct FileLogReaderOptions {
  PartitionId partition;
  std::filesystem::path path;
  Offset start;
  std::size_t line_bytes_max = 0;
  Milliseconds tail_interval{0};
  const Clock* clock = nullptr;
};

class FileLogReader final : public PartitionReader {
 public:
  // kSourceGap if no line starts at options.start.
  static Result<std::unique_ptr<FileLogReader>> open(FileLogReaderOptions options);
  ~FileLogReader() override;
  FileLogReader(const FileLogReader&) = delete;
  FileLogReader& operator=(const FileLogReader&) = delete;

  PartitionId partition() const override { return options_.partition; }
  Offset position() const override { return position_; }
  Result<ReadOutcome> read(batch::RecordBatch& into, const ReadLimits& limits) override;
  void set_waker(Waker*) override {}  // files wake nobody: retry_after() it is
  Milliseconds retry_after() const override { return options_.tail_interval; }

 private:
  FileLogReader(FileLogReaderOptions options, int descriptor);

  Result<void> check_start() const;
  Result<void> check_not_replaced() const;
  // Appends to the window what the file has beyond it, up to one chunk; gives the bytes read.
  Result<std::size_t> fill();
  void take_lines(batch::RecordBatch& into, const ReadLimits& limits);

  FileLogReaderOptions options_;
  int descriptor_;
  Offset position_;  // file position of the window's first byte
  // The window [begin_, end_) of buffer_ holds what was read and not handed on; in its first
  // scanned_ bytes there is no newline.
  std::vector<char> buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::size_t scanned_ = 0;
};

// One past the last "\n" of the file: 0 if there is none, or no file.
Result<Offset> end_of_file_log(const std::filesystem::path& path);

}  // namespace calve::source
