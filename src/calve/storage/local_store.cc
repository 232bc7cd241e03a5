#include "calve/storage/local_store.h"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>

#include "calve/storage/byte_range.h"
#include "calve/storage/errno_error.h"
#include "calve/storage/location.h"

namespace calve::storage {
namespace {

constexpr std::size_t kWriteBufferBytes = std::size_t{64} << 10;

// A path below a file, and a folder, hold no object; another store would say the same.
Error read_error(const std::string& path, int code) {
  return errno_error("cannot read the object", path, code == ENOTDIR || code == EISDIR ? ENOENT : code);
}

struct OpenObject {
  UniqueFd fd;
  std::int64_t size_bytes;
};

Result<OpenObject> open_object(const std::string& path) {
  const auto location = CALVE_TRY(parse_object_path(path, Scheme::kLocal));
  // Without O_NONBLOCK a FIFO of that name would block for ever.
  UniqueFd fd(::open(location.key.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat status;
  if (!fd || ::fstat(fd.get(), &status) != 0) return std::unexpected(read_error(path, errno));
  if (!S_ISREG(status.st_mode)) return std::unexpected(read_error(path, EISDIR));
  return OpenObject{std::move(fd), status.st_size};
}

Result<std::string> read_bytes(const OpenObject& object, std::int64_t begin, std::int64_t length,
                               const std::string& path) {
  std::string bytes(static_cast<std::size_t>(std::clamp<std::int64_t>(object.size_bytes - begin, 0, length)),
                    '\0');
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t got = ::pread(object.fd.get(), bytes.data() + done, bytes.size() - done,
                                begin + static_cast<std::int64_t>(done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return std::unexpected(read_error(path, errno));
    if (got == 0) break;
    done += static_cast<std::size_t>(got);
  }
  bytes.resize(done);
  return bytes;
}

// Buffers, for Parquet appends page headers of a few bytes.
class LocalWriter final : public ObjectWriter {
 public:
  explicit LocalWriter(PendingFile file) : file_(std::move(file)) { buffer_.reserve(kWriteBufferBytes); }

  Result<void> append(std::string_view bytes) override {
    if (buffer_.size() + bytes.size() > kWriteBufferBytes) CALVE_TRY(flush());
    if (bytes.size() >= kWriteBufferBytes) return file_.append(bytes);
    buffer_ += bytes;
    return {};
  }

  Result<void> finish() override {
    CALVE_TRY(flush());
    return file_.publish_over();
  }

 private:
  Result<void> flush() {
    CALVE_TRY(file_.append(buffer_));
    buffer_.clear();
    return {};
  }

  PendingFile file_;
  std::string buffer_;
};

// Adds the objects of `folder` (which ends with "/") whose names begin with `name_prefix`, and those of
// the folders below it. What goes away meanwhile is left out.
Result<void> list_folder(const std::string& folder, const std::string& name_prefix,
                         std::vector<ObjectInfo>& found) {
  namespace fs = std::filesystem;
  std::error_code code;
  fs::directory_iterator entry(folder, code);
  for (; !code && entry != fs::directory_iterator(); entry.increment(code)) {
    const auto name = entry->path().filename().string();
    if (!name.starts_with(name_prefix) || is_temporary_name(name)) continue;
    std::error_code gone;
    if (entry->symlink_status(gone).type() == fs::file_type::directory) {
      CALVE_TRY(list_folder(folder + name + "/", {}, found));
    } else if (entry->is_regular_file(gone)) {
      const auto size = entry->file_size(gone);
      if (!gone) found.push_back({.path = folder + name, .size_bytes = static_cast<std::int64_t>(size)});
    }
  }
  if (code && code.value() != ENOENT && code.value() != ENOTDIR) {
    return std::unexpected(errno_error("cannot list the folder", folder, code.value()));
  }
  return {};
}

}  // namespace

Result<std::string> LocalStore::read(const std::string& path) {
  const auto object = CALVE_TRY(open_object(path));
  return read_bytes(object, 0, object.size_bytes, path);
}

Result<std::string> LocalStore::read_range(const std::string& path, std::int64_t begin, std::int64_t length) {
  CALVE_TRY(check_byte_range(path, begin, length));
  const auto object = CALVE_TRY(open_object(path));
  return read_bytes(object, begin, length, path);
}

Result<ObjectInfo> LocalStore::stat(const std::string& path) {
  const auto object = CALVE_TRY(open_object(path));
  return ObjectInfo{.path = path, .size_bytes = object.size_bytes};
}

Result<void> LocalStore::write(const std::string& path, std::string_view bytes) {
  auto location = CALVE_TRY(parse_object_path(path, Scheme::kLocal));
  auto file = CALVE_TRY(PendingFile::open_for(std::move(location.key), temporary_files_));
  CALVE_TRY(file.append(bytes));
  return file.publish_over();
}

Result<void> LocalStore::create(const std::string& path, std::string_view bytes) {
  auto location = CALVE_TRY(parse_object_path(path, Scheme::kLocal));
  auto file = CALVE_TRY(PendingFile::open_for(std::move(location.key), temporary_files_));
  CALVE_TRY(file.append(bytes));
  return file.publish_new();
}

Result<std::unique_ptr<ObjectWriter>> LocalStore::open_writer(const std::string& path) {
  auto location = CALVE_TRY(parse_object_path(path, Scheme::kLocal));
  auto file = CALVE_TRY(PendingFile::open_for(std::move(location.key), temporary_files_));
  return std::make_unique<LocalWriter>(std::move(file));
}

Result<void> LocalStore::remove(const std::string& path) {
  const auto location = CALVE_TRY(parse_object_path(path, Scheme::kLocal));
  if (::unlink(location.key.c_str()) != 0 && errno != ENOENT && errno != ENOTDIR) {
    return std::unexpected(errno_error("cannot remove the object", path, errno));
  }
  return {};
}

Result<std::vector<ObjectInfo>> LocalStore::list(const std::string& prefix) {
  const auto location = CALVE_TRY(parse_prefix(prefix, Scheme::kLocal));
  const auto name_begin = location.key.rfind('/') + 1;
  std::vector<ObjectInfo> found;
  CALVE_TRY(list_folder(location.key.substr(0, name_begin), location.key.substr(name_begin), found));
  // The scheme goes back as it came.
  const auto scheme = prefix.substr(0, prefix.size() - location.key.size());
  for (auto& object : found)
    object.path.insert(0, scheme);
  std::ranges::sort(found, {}, &ObjectInfo::path);
  return found;
}

}  // namespace calve::storage
