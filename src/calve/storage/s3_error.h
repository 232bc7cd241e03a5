// What an answer of S3 that is no success means.
//
//   400 ExpiredToken, 401, 403     kAccessDenied
//   301, 307, 400 with a region    kConfig: another region
//   404 NoSuchBucket               kConfig
//   404                            kNotFound
//   409, 429, 503, RequestTimeout  kUnavailable: it did not happen
//   412                            kAlreadyExists
//   405, 501                       kUnsupported: the server lacks the call
//   other 4xx                      kConfig
//   other 5xx                      kUnknownOutcome: it may have happened
// "Error responses", Amazon S3 API Reference; "conditional writes", Amazon S3 User Guide.

#pragma once

#include <string>
#include <string_view>

#include "calve/base/result.h"
#include "calve/base/time.h"
#include "calve/storage/http.h"

namespace calve::storage {

struct S3Failure {
  std::string_view action;  // "s3:PutObject", as a policy names it
  std::string_view bucket;
  std::string_view path;  // of the object, whole
  Timestamp now;          // when the request was signed, by this machine's clock
};

Error s3_error(const HttpResponse& response, const S3Failure& failure);

// Whether an error's code says that the keys of the request were good once.
bool is_expired_keys(std::string_view code);

// The code that S3 gives in an error's body: "NoSuchUpload"; "" if there is none.
std::string s3_error_code(const HttpResponse& response);

}  // namespace calve::storage
