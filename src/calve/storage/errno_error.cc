#include "calve/storage/errno_error.h"

#include <cerrno>
#include <system_error>

#include <fmt/format.h>

namespace calve::storage {
namespace {

struct Meaning {
  ErrorKind kind;
  std::string_view next_step;
};

// An errno is an open set: what is not named here is the machine's refusal.
Meaning meaning_of(int code) {
  switch (code) {
    case EACCES:
    case EPERM:
      return {ErrorKind::kAccessDenied, "; let this user read and write the folder"};
    case ENOENT:
      return {ErrorKind::kNotFound, ""};
    case EEXIST:
      return {ErrorKind::kAlreadyExists, ""};
    case ENOTDIR:
    case EISDIR:
      return {ErrorKind::kConfig, "; a folder and a file claim the same name, choose another location"};
    case ENAMETOOLONG:
    case ELOOP:
      return {ErrorKind::kConfig, "; choose another location"};
    case ENOSPC:
    case EDQUOT:
      return {ErrorKind::kIo, "; free some space there or choose another location"};
    case EROFS:
      return {ErrorKind::kIo, "; mount it writable or choose another location"};
    case EMFILE:
    case ENFILE:
      return {ErrorKind::kIo, "; raise the limit of open files (ulimit -n)"};
    case EIO:
      return {ErrorKind::kIo, "; the disk reports a fault, see the kernel's log (dmesg)"};
    default:
      return {ErrorKind::kIo, ""};
  }
}

}  // namespace

Error errno_error(std::string_view action, const std::string& path, int code) {
  const Meaning meaning = meaning_of(code);
  return {meaning.kind, fmt::format("{}: {}{}: '{}'", action, std::generic_category().message(code),
                                    meaning.next_step, path)};
}

}  // namespace calve::storage
