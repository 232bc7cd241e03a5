// Objects as files of the local file system. Paths are absolute ("/folder/name") or file URIs.
//
// A write is whole or absent, also after a power cut: see PendingFile. create() is link(2), which the
// kernel makes atomic among all processes of this machine; over a network file system it is as good as
// that file system's link(), which create_if_absent_probe.h finds out.

#pragma once

#include <string>

#include "calve/storage/object_store.h"
#include "calve/storage/pending_file.h"

namespace calve::storage {

class LocalStore final : public ObjectStore {
 public:
  explicit LocalStore(TemporaryFiles temporary_files = TemporaryFiles::kNamelessWherePossible)
      : temporary_files_(temporary_files) {}

  Result<std::string> read(const std::string& path) override;
  Result<std::string> read_range(const std::string& path, std::int64_t begin, std::int64_t length) override;
  Result<ObjectInfo> stat(const std::string& path) override;
  Result<void> write(const std::string& path, std::string_view bytes) override;
  Result<void> create(const std::string& path, std::string_view bytes) override;
  Result<std::unique_ptr<ObjectWriter>> open_writer(const std::string& path) override;
  // Leaves the folder, even if it is empty now.
  Result<void> remove(const std::string& path) override;
  // Follows no symbolic link to a folder; leaves out files that are on their way to their name.
  Result<std::vector<ObjectInfo>> list(const std::string& prefix) override;

 private:
  TemporaryFiles temporary_files_;
};

}  // namespace calve::storage
