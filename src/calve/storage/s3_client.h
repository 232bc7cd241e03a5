// One call of S3: signed, sent, and sent again while that can do no harm.

#pragma once

#include <limits>
#include <memory>
#include <string>
#include <string_view>

#include "calve/base/result.h"
#include "calve/base/sigv4.h"
#include "calve/storage/http.h"
#include "calve/storage/location.h"
#include "calve/storage/s3_address.h"
#include "calve/storage/s3_options.h"

namespace calve::storage {

// Whether a call that may have been served can be made again.
enum class Repeatable {
  kYes,  // it leaves the same behind; a failure that goes on is kUnavailable
  kNo,   // it is made again only after "it did not happen"; else kUnknownOutcome
};

struct S3Call {
  std::string_view method;
  std::string_view action;  // "s3:GetObject", for messages
  std::string path;         // of the object or prefix, whole, for messages
  Location location;        // an empty key is the bucket
  NamesAndValues query;
  NamesAndValues headers;
  std::string_view body;  // must live until call() returns
  Repeatable repeatable = Repeatable::kYes;
  int accepted_status = 200;                           // taken for an answer as every 2xx is
  int attempts_max = std::numeric_limits<int>::max();  // S3Options::retry may allow fewer
};

// Safe from any thread.
class S3Client {
 public:
  // kConfig for an endpoint or region that cannot be one.
  static Result<std::unique_ptr<S3Client>> create(S3Options options);

  // An answer of status 2xx; any other is an Error as s3_error.h says. An error that S3 reports in the
  // body of a 200, as it may to CompleteMultipartUpload, is one too.
  Result<HttpResponse> call(const S3Call& call);

  bool stores_checksums() const;

  // Of every call that begins an object.
  NamesAndValues encryption_headers() const;

 private:
  S3Client(S3Options options, S3Endpoint endpoint);

  Result<HttpResponse> call_once(const S3Call& call);
  Result<HttpResponse> send(const S3Call& call, const AwsCredentials& credentials, Timestamp now);

  S3Options options_;
  S3Endpoint endpoint_;
  HttpClient http_;
};

// What S3 checks a body by: x-amz-checksum-crc32, the big-endian CRC-32 of zlib in base64.
std::string s3_checksum(std::string_view body);

}  // namespace calve::storage
