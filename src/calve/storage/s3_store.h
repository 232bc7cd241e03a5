// Objects of S3, or of a server that speaks it. Paths begin with "s3://" ("s3a://", "s3n://").
//
// create() is PutObject with "If-None-Match: *". A server that ignores that header overwrites;
// create_if_absent_probe.h finds it out.
// A bucket that does not exist is kConfig, except to stat(), whose answer cannot tell it from a missing
// object.

#pragma once

#include <memory>
#include <string>

#include "calve/storage/object_store.h"
#include "calve/storage/s3_client.h"

namespace calve::storage {

class S3Store final : public ObjectStore {
 public:
  static Result<std::unique_ptr<S3Store>> create_store(S3Options options);

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
  explicit S3Store(std::unique_ptr<S3Client> client) : client_(std::move(client)) {}

  std::unique_ptr<S3Client> client_;
};

}  // namespace calve::storage
