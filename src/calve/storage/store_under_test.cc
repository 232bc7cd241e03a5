#include "calve/storage/store_under_test.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "calve/base/uuid.h"
#include "calve/storage/local_store.h"
#include "calve/storage/memory_store.h"
#include "calve/storage/open_store.h"

namespace calve::storage {
namespace {

std::string fresh_local_root() {
  return testing::TempDir() + "calve-storage-" + to_string(random_uuid());
}

// A bucket of this name is to be there.
constexpr auto kBucket = "calve-test";

StoreUnderTest s3_under_test(const std::string& endpoint) {
  return {.name = "S3",
          .make_root = [] { return fmt::format("s3://{}/{}", kBucket, to_string(random_uuid())); },
          .open = [endpoint]() -> std::unique_ptr<ObjectStore> {
            const S3Options options{.endpoint = endpoint,
                                    .credentials = fixed_credentials({"test", Secret("test"), {}}),
                                    .retry = {.attempts_max = 3}};
            return *open_store(fmt::format("s3://{}", kBucket), options);
          }};
}

}  // namespace

std::vector<StoreUnderTest> stores_under_test() {
  std::vector<StoreUnderTest> stores = {
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
  if (const auto endpoint = process_environment()("CALVE_TEST_S3_ENDPOINT")) {
    stores.push_back(s3_under_test(*endpoint));
  }
  return stores;
}

}  // namespace calve::storage
