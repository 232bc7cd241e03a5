#include "calve/storage/store_under_test.h"

#include <gtest/gtest.h>

#include "calve/base/uuid.h"
#include "calve/storage/local_store.h"
#include "calve/storage/memory_store.h"

namespace calve::storage {
namespace {

std::string fresh_local_root() {
  return testing::TempDir() + "calve-storage-" + to_string(random_uuid());
}

}  // namespace

std::vector<StoreUnderTest> stores_under_test() {
  return {
      {.name = "Memory",
       .make_root = [] { return "memory://" + to_string(random_uuid()); },
       .open = [] { return std::make_unique<MemoryStore>(); }},
      {.name = "Local", .make_root = fresh_local_root, .open = [] { return std::make_unique<LocalStore>(); }},
      {.name = "LocalFileUri",
       .make_root = [] { return "file:" + fresh_local_root(); },
       .open = [] { return std::make_unique<LocalStore>(); }},
      {.name = "LocalNamedTemporaries",
       .make_root = fresh_local_root,
       .open = [] { return std::make_unique<LocalStore>(TemporaryFiles::kNamed); }},
  };
}

}  // namespace calve::storage
