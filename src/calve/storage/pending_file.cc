#include "calve/storage/pending_file.h"

#include <cerrno>
#include <cstdio>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include "calve/base/uuid.h"
#include "calve/storage/errno_error.h"

namespace calve::storage {
namespace {

constexpr std::string_view kTemporarySuffix = ".tmp";
constexpr mode_t kFileMode = 0666;  // less the process's umask
constexpr mode_t kFolderMode = 0777;

std::string folder_of(const std::string& path) {
  const auto slash = path.rfind('/');
  return slash == 0 ? "/" : path.substr(0, slash);
}

Result<void> sync_folder(const std::string& folder) {
  const UniqueFd fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd || ::fsync(fd.get()) != 0) {
    return std::unexpected(errno_error("cannot make the folder durable", folder, errno));
  }
  return {};
}

Result<void> make_folders(const std::string& folder) {
  if (::mkdir(folder.c_str(), kFolderMode) == 0) return sync_folder(folder_of(folder));
  if (errno == ENOENT) {
    CALVE_TRY(make_folders(folder_of(folder)));
    if (::mkdir(folder.c_str(), kFolderMode) == 0) return sync_folder(folder_of(folder));
  }
  struct stat status;
  const int code = errno;
  if (code == EEXIST || ::stat(folder.c_str(), &status) == 0) return {};
  return std::unexpected(errno_error("cannot make the folder", folder, code));
}

std::string temporary_path_in(const std::string& folder) {
  return fmt::format("{}/.{}{}", folder, to_string(random_uuid()), kTemporarySuffix);
}

bool can_link_nameless_files() {
  static const bool has_proc = ::access("/proc/self/fd", X_OK) == 0;
  return has_proc;
}

}  // namespace

bool is_temporary_name(std::string_view file_name) {
  if (!file_name.starts_with('.') || !file_name.ends_with(kTemporarySuffix)) return false;
  file_name.remove_prefix(1);
  file_name.remove_suffix(std::min(file_name.size(), kTemporarySuffix.size()));
  return parse_uuid(file_name).has_value();
}

PendingFile::PendingFile(std::string path) : path_(std::move(path)), folder_(folder_of(path_)) {}

PendingFile::PendingFile(PendingFile&& other) noexcept
    : path_(std::move(other.path_)),
      folder_(std::move(other.folder_)),
      temporary_path_(std::exchange(other.temporary_path_, {})),
      fd_(std::move(other.fd_)) {}

PendingFile::~PendingFile() {
  if (!temporary_path_.empty()) ::unlink(temporary_path_.c_str());
}

Result<PendingFile> PendingFile::open_for(std::string path, TemporaryFiles temporary_files) {
  PendingFile file(std::move(path));
  CALVE_TRY(make_folders(file.folder_));
  CALVE_TRY(file.open(temporary_files));
  return file;
}

Result<void> PendingFile::open(TemporaryFiles temporary_files) {
  if (temporary_files == TemporaryFiles::kNamelessWherePossible && can_link_nameless_files()) {
    fd_ = UniqueFd(::open(folder_.c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, kFileMode));
    if (fd_) return {};
    // EISDIR is the answer of kernels and file systems that do not know O_TMPFILE.
    if (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL) {
      return std::unexpected(errno_error("cannot write the object", path_, errno));
    }
  }
  auto temporary_path = temporary_path_in(folder_);
  fd_ = UniqueFd(::open(temporary_path.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, kFileMode));
  if (!fd_) return std::unexpected(errno_error("cannot write the object", path_, errno));
  temporary_path_ = std::move(temporary_path);
  return {};
}

Result<void> PendingFile::append(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd_.get(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return std::unexpected(errno_error("cannot write the object", path_, errno));
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

Result<void> PendingFile::publish_over() {
  CALVE_TRY(sync_file());
  if (temporary_path_.empty()) {
    const int taken = link_to(path_);
    if (taken == 0) return sync_folder(folder_);
    if (taken != EEXIST) return std::unexpected(errno_error("cannot write the object", path_, taken));
    // rename() needs a name to start from.
    auto temporary_path = temporary_path_in(folder_);
    if (const int code = link_to(temporary_path); code != 0) {
      return std::unexpected(errno_error("cannot write the object", path_, code));
    }
    temporary_path_ = std::move(temporary_path);
  }
  if (::rename(temporary_path_.c_str(), path_.c_str()) != 0) {
    return std::unexpected(errno_error("cannot write the object", path_, errno));
  }
  temporary_path_.clear();
  return sync_folder(folder_);
}

Result<void> PendingFile::publish_new() {
  CALVE_TRY(sync_file());
  if (const int code = link_to(path_); code != 0) {
    return std::unexpected(errno_error("cannot create the object", path_, code));
  }
  if (!temporary_path_.empty()) ::unlink(std::exchange(temporary_path_, {}).c_str());
  if (auto synced = sync_folder(folder_); !synced) {
    return fail(ErrorKind::kUnknownOutcome,
                fmt::format("the object is visible but may not survive a power cut: {}: '{}'",
                            synced.error().message, path_));
  }
  return {};
}

Result<void> PendingFile::sync_file() {
  if (::fsync(fd_.get()) != 0) {
    return std::unexpected(errno_error("cannot make the object durable", path_, errno));
  }
  return {};
}

int PendingFile::link_to(const std::string& path) const {
  const auto source = temporary_path_.empty() ? fmt::format("/proc/self/fd/{}", fd_.get()) : temporary_path_;
  const int flags = temporary_path_.empty() ? AT_SYMLINK_FOLLOW : 0;
  return ::linkat(AT_FDCWD, source.c_str(), AT_FDCWD, path.c_str(), flags) == 0 ? 0 : errno;
}

}  // namespace calve::storage
