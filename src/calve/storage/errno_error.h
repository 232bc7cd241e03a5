// What an errno of the file system means for the user.

#pragma once

#include <string>
#include <string_view>

#include "calve/base/error.h"

namespace calve::storage {

// `action` is what was refused, as in "cannot write the object"; `code` is the errno it gave.
//   EACCES, EPERM     kAccessDenied
//   ENOENT            kNotFound
//   EEXIST            kAlreadyExists
//   ENOTDIR, EISDIR, ENAMETOOLONG, ELOOP
//                     kConfig: the path cannot name an object here
//   everything else   kIo
Error errno_error(std::string_view action, const std::string& path, int code);

}  // namespace calve::storage
