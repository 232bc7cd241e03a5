// Objects in this process's memory, gone with it: for tests, which may override a verb. Paths begin with
// "memory://".

#pragma once

#include <map>
#include <mutex>
#include <string>

#include "calve/storage/object_store.h"

namespace calve::storage {

class MemoryStore : public ObjectStore {
 public:
  Result<std::string> read(const std::string& path) override;
  Result<std::string> read_range(const std::string& path, std::int64_t begin, std::int64_t length) override;
  Result<ObjectInfo> stat(const std::string& path) override;
  Result<void> write(const std::string& path, std::string_view bytes) override;
  Result<void> create(const std::string& path, std::string_view bytes) override;
  // The writer must not outlive the store.
  Result<std::unique_ptr<ObjectWriter>> open_writer(const std::string& path) override;
  Result<void> remove(const std::string& path) override;
  Result<std::vector<ObjectInfo>> list(const std::string& prefix) override;

 private:
  std::mutex mutex_;
  std::map<std::string, std::string> objects_;
};

}  // namespace calve::storage
