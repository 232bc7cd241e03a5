#include "calve/source/file_log_identity.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <optional>
#include <string>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

namespace calve::source {
namespace {

constexpr const char* kIdentityName = ".identity";
constexpr std::size_t kUuidLength = 36;

Error io_error(const std::filesystem::path& path, int cause) {
  return {ErrorKind::kIo,
          fmt::format("cannot make the file log's identity; check that the folder can be written: {}: {}",
                      std::strerror(cause), path.string())};
}

Result<void> write_durably(const std::filesystem::path& path, const std::string& text) {
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  if (descriptor < 0) return std::unexpected(io_error(path, errno));
  const bool written = ::write(descriptor, text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
                       ::fsync(descriptor) == 0;
  const int cause = errno;
  ::close(descriptor);
  if (!written) return std::unexpected(io_error(path, cause));
  return {};
}

}  // namespace

Result<Uuid> read_file_log_identity(const std::filesystem::path& folder) {
  const auto path = folder / kIdentityName;
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    return fail(ErrorKind::kNotFound, fmt::format("the file log has no identity: {}", path.string()));
  }
  std::string text(kUuidLength + 2, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  const auto uuid = text.size() == kUuidLength + 1 && text.back() == '\n'
                        ? parse_uuid(text.substr(0, kUuidLength))
                        : std::nullopt;
  if (!uuid) {
    return fail(ErrorKind::kInvalidData,
                fmt::format("the file log's identity is no UUID and newline; restore the file, or remove the "
                            "folder to begin another log: {}",
                            path.string()));
  }
  return *uuid;
}

Result<Uuid> ensure_file_log_identity(const std::filesystem::path& folder) {
  std::error_code code;
  std::filesystem::create_directories(folder, code);
  if (code) return std::unexpected(io_error(folder, code.value()));

  const auto present = read_file_log_identity(folder);
  if (present || present.error().kind != ErrorKind::kNotFound) return present;

  const auto path = folder / kIdentityName;
  const auto uuid = to_string(random_uuid());
  const auto temporary = folder / (".identity-" + uuid);
  CALVE_TRY(write_durably(temporary, uuid + "\n"));
  const bool linked = ::link(temporary.c_str(), path.c_str()) == 0;
  const int cause = errno;
  ::unlink(temporary.c_str());
  if (!linked && cause != EEXIST) return std::unexpected(io_error(path, cause));
  return read_file_log_identity(folder);
}

}  // namespace calve::source
