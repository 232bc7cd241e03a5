#include "calve/source/file_log_reader.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <span>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace calve::source {
namespace {

constexpr std::size_t kChunkBytes = std::size_t{1} << 20;

Error io_error(const std::filesystem::path& path, int cause) {
  return {ErrorKind::kIo,
          fmt::format("cannot read the file log: {}: {}", std::strerror(cause), path.string())};
}

Error gap(std::string_view what, const std::filesystem::path& path, Offset position) {
  return {
      ErrorKind::kSourceGap,
      fmt::format("{}; put the old file back, or give the new log another topic name or table: {}, wanted "
                  "byte {}",
                  what, path.string(), position)};
}

Result<std::size_t> read_at(int descriptor, std::span<char> into, std::int64_t at,
                            const std::filesystem::path& path) {
  while (true) {
    const auto count = ::pread(descriptor, into.data(), into.size(), at);
    if (count >= 0) return static_cast<std::size_t>(count);
    if (errno != EINTR) return std::unexpected(io_error(path, errno));
  }
}

}  // namespace

Result<std::unique_ptr<FileLogReader>> FileLogReader::open(FileLogReaderOptions options) {
  const int descriptor = ::open(options.path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0 && errno == ENOENT) {
    return std::unexpected(gap("the partition's file is gone", options.path, options.start));
  }
  if (descriptor < 0) return std::unexpected(io_error(options.path, errno));
  std::unique_ptr<FileLogReader> reader(new FileLogReader(std::move(options), descriptor));
  CALVE_TRY(reader->check_start());
  return reader;
}

FileLogReader::FileLogReader(FileLogReaderOptions options, int descriptor)
    : options_(std::move(options)), descriptor_(descriptor), position_(options_.start) {}

FileLogReader::~FileLogReader() {
  ::close(descriptor_);
}

Result<void> FileLogReader::check_start() const {
  if (position_ == Offset(0)) return {};
  char before = 0;
  const auto count =
      CALVE_TRY(read_at(descriptor_, std::span(&before, 1), position_.value() - 1, options_.path));
  if (count == 0) {
    return std::unexpected(
        gap("the partition's file is shorter than what was read of it", options_.path, position_));
  }
  if (before != '\n') {
    return std::unexpected(
        gap("the partition's file has other lines than those read before", options_.path, position_));
  }
  return {};
}

Result<void> FileLogReader::check_not_replaced() const {
  struct stat opened{}, named{};
  if (::fstat(descriptor_, &opened) != 0) return std::unexpected(io_error(options_.path, errno));
  if (::stat(options_.path.c_str(), &named) != 0 || named.st_ino != opened.st_ino ||
      named.st_dev != opened.st_dev) {
    return std::unexpected(gap("the partition's file was removed or replaced", options_.path, position_));
  }
  if (opened.st_size < position_.value() + static_cast<std::int64_t>(end_ - begin_)) {
    return std::unexpected(
        gap("the partition's file is shorter than what was read of it", options_.path, position_));
  }
  return {};
}

Result<std::size_t> FileLogReader::fill() {
  if (begin_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  if (buffer_.size() - end_ < kChunkBytes) buffer_.resize(std::max(2 * buffer_.size(), end_ + kChunkBytes));
  const auto at = position_.value() + static_cast<std::int64_t>(end_);
  const auto count =
      CALVE_TRY(read_at(descriptor_, std::span(buffer_).subspan(end_, kChunkBytes), at, options_.path));
  end_ += count;
  return count;
}

void FileLogReader::take_lines(batch::RecordBatch& into, const ReadLimits& limits) {
  const auto now = options_.clock->now();
  while (into.records.size() < limits.records_max && into.bytes.size() < limits.bytes_max) {
    const char* const line = buffer_.data() + begin_;
    const char* const unscanned = line + scanned_;
    const auto unscanned_bytes = end_ - begin_ - scanned_;
    const void* const newline =
        unscanned_bytes == 0 ? nullptr : std::memchr(unscanned, '\n', unscanned_bytes);
    if (newline == nullptr) {
      scanned_ = end_ - begin_;
      return;
    }
    const auto length = static_cast<std::size_t>(static_cast<const char*>(newline) - line);
    if (length > options_.line_bytes_max) {  // refused by read(), once the records before it are out
      scanned_ = length;
      return;
    }
    into.append(position_, now, std::string_view(line, length));
    begin_ += length + 1;
    scanned_ = 0;
    position_ = position_.plus(static_cast<std::int64_t>(length) + 1);
  }
}

Result<ReadOutcome> FileLogReader::read(batch::RecordBatch& into, const ReadLimits& limits) {
  into.reset(options_.partition, position_);
  take_lines(into, limits);
  while (into.records.empty()) {
    if (scanned_ > options_.line_bytes_max) {
      return fail(
          ErrorKind::kInvalidData,
          fmt::format("a line of the file log is longer than its limit of {} bytes; end or cut the line "
                      "that begins there: {}, byte {}",
                      options_.line_bytes_max, options_.path.string(), position_));
    }
    if (CALVE_TRY(fill()) == 0) {
      CALVE_TRY(check_not_replaced());
      return ReadOutcome::kNothing;
    }
    take_lines(into, limits);
  }
  into.seal(position_);
  return ReadOutcome::kBatch;
}

Result<Offset> end_of_file_log(const std::filesystem::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0 && errno == ENOENT) return Offset(0);
  if (descriptor < 0) return std::unexpected(io_error(path, errno));
  auto at = static_cast<std::int64_t>(::lseek(descriptor, 0, SEEK_END));
  std::vector<char> chunk(std::size_t{1} << 16);
  Result<Offset> end = Offset(0);
  while (at > 0) {
    const auto wanted = std::min(at, static_cast<std::int64_t>(chunk.size()));
    at -= wanted;
    const auto count =
        read_at(descriptor, std::span(chunk).first(static_cast<std::size_t>(wanted)), at, path);
    if (!count) {
      end = std::unexpected(count.error());
      break;
    }
    const void* const newline = ::memrchr(chunk.data(), '\n', *count);
    if (newline != nullptr) {
      end = Offset(at + (static_cast<const char*>(newline) - chunk.data()) + 1);
      break;
    }
  }
  ::close(descriptor);
  return end;
}

}  // namespace calve::source
