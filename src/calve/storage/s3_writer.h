// An object sent in parts: S3 keeps each, and shows the object once all are in.
//
//   less than kPartBytes in all:  PutObject
//   otherwise:                    CreateMultipartUpload, UploadPart..., CompleteMultipartUpload
//
// Holds one part in memory. Destroying it before finish() gives the parts up (AbortMultipartUpload); a
// killed process leaves them to the bucket's lifecycle rule for incomplete uploads. No reader sees them.

#pragma once

#include <string>
#include <vector>

#include "calve/storage/object_store.h"
#include "calve/storage/s3_client.h"

namespace calve::storage {

class S3Writer final : public ObjectWriter {
 public:
  static constexpr std::size_t kPartBytes = 8 << 20;  // S3 asks for 5 MiB or more
  static constexpr std::size_t kPartsMax = 10'000;    // of S3; so an object has less than 80 GiB

  // The client must outlive the writer.
  S3Writer(S3Client& client, std::string path, Location location);
  ~S3Writer() override;

  Result<void> append(std::string_view bytes) override;
  Result<void> finish() override;

 private:
  struct Part {
    std::string etag;
    std::string checksum;
  };

  S3Call call(std::string_view method, std::string_view action) const;
  Result<void> start();
  Result<void> send_part();
  Result<void> complete();
  Result<void> check_completed(const Error& upload_is_gone) const;
  Result<void> put_whole();

  S3Client& client_;
  std::string path_;
  Location location_;
  std::string buffer_;
  std::int64_t sent_bytes_ = 0;
  std::string upload_id_;  // empty: not started, or over
  std::vector<Part> parts_;
};

}  // namespace calve::storage
