#include "calve/produce/line_file.h"

#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace calve::produce {
namespace {

// Among processes that append to one file; the descriptor stays open while this lives.
class FileLock {
 public:
  explicit FileLock(int descriptor) : descriptor_(descriptor) {
    while (flock(descriptor_, LOCK_EX) != 0 && errno == EINTR) {
    }
  }
  ~FileLock() { flock(descriptor_, LOCK_UN); }
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;

 private:
  int descriptor_;
};

bool ends_inside_line(int descriptor) {
  struct stat status{};
  char last = '\n';
  if (fstat(descriptor, &status) != 0 || status.st_size == 0) return false;
  return pread(descriptor, &last, 1, status.st_size - 1) == 1 && last != '\n';
}

}  // namespace

Result<LineFile> LineFile::append_to(std::filesystem::path path) {
  const int descriptor = open(path.c_str(), O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
  LineFile file(descriptor, Ownership::kOwned, std::move(path));
  if (descriptor < 0) return std::unexpected(file.failure("open"));
  const FileLock lock(descriptor);
  if (ends_inside_line(descriptor)) CALVE_TRY(file.write_all("\n"));
  return file;
}

LineFile LineFile::borrow(int descriptor, std::filesystem::path name) {
  return {descriptor, Ownership::kBorrowed, std::move(name)};
}

LineFile::LineFile(int descriptor, Ownership ownership, std::filesystem::path name)
    : descriptor_(descriptor), ownership_(ownership), name_(std::move(name)) {
  buffer_.reserve(kBufferBytes);
}

LineFile::LineFile(LineFile&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      ownership_(other.ownership_),
      name_(std::move(other.name_)),
      buffer_(std::move(other.buffer_)),
      buffered_lines_(std::exchange(other.buffered_lines_, 0)),
      written_(other.written_) {}

LineFile::~LineFile() {
  if (ownership_ == Ownership::kOwned && descriptor_ >= 0) ::close(descriptor_);
}

Result<void> LineFile::add(std::string_view line) {
  if (buffer_.size() + line.size() + 1 > kBufferBytes) CALVE_TRY(flush());
  buffer_.insert(buffer_.end(), line.begin(), line.end());
  buffer_.push_back('\n');
  ++buffered_lines_;
  return {};
}

Result<void> LineFile::flush() {
  if (buffer_.empty()) return {};
  const std::string_view bytes(buffer_.data(), buffer_.size());
  CALVE_TRY(ownership_ == Ownership::kOwned ? write_locked(bytes) : write_all(bytes));
  written_ += buffered_lines_;
  buffer_.clear();
  buffered_lines_ = 0;
  return {};
}

Result<void> LineFile::sync() {
  CALVE_TRY(flush());
  if (fsync(descriptor_) != 0) return std::unexpected(failure("sync"));
  return {};
}

Result<void> LineFile::write_locked(std::string_view bytes) {
  const FileLock lock(descriptor_);
  return write_all(bytes);
}

Result<void> LineFile::write_all(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return std::unexpected(failure("write"));
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

Error LineFile::failure(std::string_view doing) const {
  const std::error_code code(errno, std::generic_category());
  const std::string_view next = code == std::errc::no_space_on_device  ? "free some space and produce again"
                                : code == std::errc::permission_denied ? "check who may write there"
                                : code == std::errc::broken_pipe       ? "its reader has gone away"
                                                                       : "check the path and its file system";
  return {ErrorKind::kIo, fmt::format("Events could not be written; {}: {} of {}: {}", next, doing,
                                      name_.string(), code.message())};
}

}  // namespace calve::produce
