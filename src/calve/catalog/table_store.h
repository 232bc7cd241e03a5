// Objects of tables, wherever their catalog has put them: on a local disk, on S3, and there by the keys
// that the catalog lends.

#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "calve/catalog/catalog.h"
#include "calve/storage/object_store.h"
#include "calve/storage/s3_options.h"

namespace calve::catalog {

// Takes paths of tables that were loaded from the catalog; others are kInternal. What stands below a
// table's location is reached as the catalog said when the first path of it came; keys are asked of the
// catalog again as they run out, and once for a request that S3 refuses because they have.
class TableStore final : public storage::ObjectStore {
 public:
  // The catalog outlives every call. `configured` holds where the catalog says nothing.
  TableStore(Catalog& catalog, storage::S3Options configured);

  Result<std::string> read(const std::string& path) override;
  Result<std::string> read_range(const std::string& path, std::int64_t begin, std::int64_t length) override;
  Result<storage::ObjectInfo> stat(const std::string& path) override;
  Result<void> write(const std::string& path, std::string_view bytes) override;
  Result<void> create(const std::string& path, std::string_view bytes) override;
  // The writer must not outlive the store.
  Result<std::unique_ptr<storage::ObjectWriter>> open_writer(const std::string& path) override;
  Result<void> remove(const std::string& path) override;
  Result<std::vector<storage::ObjectInfo>> list(const std::string& prefix) override;

 private:
  Result<ObjectStore*> store_of(const std::string& path);

  Catalog& catalog_;
  const storage::S3Options configured_;
  std::mutex mutex_;
  std::map<std::string, std::unique_ptr<ObjectStore>> stores_;  // by the prefix of their paths
};

}  // namespace calve::catalog
