// A file on its way to its name: written where no reader looks, made durable, then named at once.
//
// Where the file system can (O_TMPFILE), the file has no name at all until then, so that a process
// killed meanwhile leaves nothing. Elsewhere, and for the instant in which it replaces a file that is
// there, it is called "." <uuid> ".tmp" beside its target: readers skip leading dots, and
// is_temporary_name() knows it.

#pragma once

#include <string>
#include <string_view>

#include "calve/base/result.h"
#include "calve/storage/unique_fd.h"

namespace calve::storage {

enum class TemporaryFiles {
  kNamelessWherePossible,
  kNamed,
};

bool is_temporary_name(std::string_view file_name);

class PendingFile {
 public:
  // Makes the folders above `path`, an absolute path, as far as they lack.
  static Result<PendingFile> open_for(std::string path, TemporaryFiles temporary_files);

  PendingFile(PendingFile&& other) noexcept;
  PendingFile& operator=(PendingFile&&) = delete;
  // Removes what was not published.
  ~PendingFile();

  Result<void> append(std::string_view bytes);

  // Durable and visible under its path; replaces a file that is there. No call may follow.
  Result<void> publish_over();
  // As publish_over(), but kAlreadyExists if the path is taken. kUnknownOutcome: it is visible, and
  // the folder could not be made durable. No call may follow.
  Result<void> publish_new();

 private:
  explicit PendingFile(std::string path);

  Result<void> open(TemporaryFiles temporary_files);
  Result<void> sync_file();
  int link_to(const std::string& path) const;  // 0 or an errno

  std::string path_;
  std::string folder_;
  std::string temporary_path_;  // empty while the file has no name
  UniqueFd fd_;
};

}  // namespace calve::storage
