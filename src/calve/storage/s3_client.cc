#include "calve/storage/s3_client.h"

#include <algorithm>
#include <array>
#include <utility>

#include <openssl/evp.h>
#include <zlib.h>

#include "calve/base/retry.h"
#include "calve/base/sha256.h"
#include "calve/storage/s3_error.h"

namespace calve::storage {
namespace {

constexpr int kHttpInternalError = 500;

// An answer to HEAD has no body that could say so.
bool may_say_expired(const S3Call& call, const HttpResponse& response) {
  if (call.method == "HEAD") return response.status == 400 || response.status == 403;
  return response.status / 100 != 2 && is_expired_keys(s3_error_code(response));
}

}  // namespace

Result<std::unique_ptr<S3Client>> S3Client::create(S3Options options) {
  auto endpoint = CALVE_TRY(S3Endpoint::create(options));
  if (!options.credentials) options.credentials = default_credentials();
  return std::unique_ptr<S3Client>(new S3Client(std::move(options), std::move(endpoint)));
}

bool S3Client::stores_checksums() const {
  switch (options_.checksums) {
    case S3Checksums::kByEndpoint:
      return endpoint_.is_aws();
    case S3Checksums::kStore:
      return true;
    case S3Checksums::kOmit:
      return false;
  }
  std::unreachable();
}

NamesAndValues S3Client::encryption_headers() const {
  constexpr auto kAlgorithm = "x-amz-server-side-encryption";
  NamesAndValues headers;
  switch (options_.encryption) {
    case S3Encryption::kByBucket:
      return {};
    case S3Encryption::kS3:
      return {{kAlgorithm, "AES256"}};
    case S3Encryption::kKms:
      headers = {{kAlgorithm, "aws:kms"}};
      break;
    case S3Encryption::kKmsDouble:
      headers = {{kAlgorithm, "aws:kms:dsse"}};
      break;
  }
  if (!options_.kms_key_id.empty()) {
    headers.emplace_back("x-amz-server-side-encryption-aws-kms-key-id", options_.kms_key_id);
  }
  return headers;
}

S3Client::S3Client(S3Options options, S3Endpoint endpoint)
    : options_(std::move(options)), endpoint_(std::move(endpoint)), http_(options_.http) {}

Result<HttpResponse> S3Client::call(const S3Call& call) {
  auto policy = options_.retry;
  policy.attempts_max = std::min(policy.attempts_max, call.attempts_max);
  return retry(policy, options_.stop, [&]() -> Result<HttpResponse> {
    auto response = call_once(call);
    if (!response && response.error().kind == ErrorKind::kUnknownOutcome &&
        call.repeatable == Repeatable::kYes) {
      response.error().kind = ErrorKind::kUnavailable;
    }
    return response;
  });
}

// Signs anew for each attempt: a signature is good for 15 minutes, and credentials may be renewed.
Result<HttpResponse> S3Client::call_once(const S3Call& call) {
  const auto now = options_.clock->now();
  const auto credentials = CALVE_TRY(options_.credentials->get());
  auto response = CALVE_TRY(send(call, credentials, now));
  if (may_say_expired(call, response)) {
    const auto others = CALVE_TRY(options_.credentials->renew(credentials));
    if (others != credentials) response = CALVE_TRY(send(call, others, now));
  }
  if (call.method == "POST" && response.status == 200 && !s3_error_code(response).empty()) {
    response.status = kHttpInternalError;
  }
  if (response.status / 100 == 2 || response.status == call.accepted_status) return response;
  return std::unexpected(s3_error(
      response, {.action = call.action, .bucket = call.location.bucket, .path = call.path, .now = now}));
}

Result<HttpResponse> S3Client::send(const S3Call& call, const AwsCredentials& credentials, Timestamp now) {
  const auto address = endpoint_.address(call.location.bucket, call.location.key);
  SigV4Request request{.method = std::string(call.method),
                       .host = address.host,
                       .path = address.path,
                       .query = call.query,
                       .headers = call.headers};
  // TLS guards the body on its way, its checksum guards it beyond. Without TLS the signature does.
  request.payload_sha256 = address.scheme == "https" ? std::string(kUnsignedPayload) : hex(sha256(call.body));
  request.headers.emplace_back("x-amz-content-sha256", request.payload_sha256);
  const auto signature =
      sigv4_headers(request, credentials, {.region = options_.region, .service = "s3", .time = now});

  HttpRequest http{.method = request.method,
                   .url = address.url(),
                   .headers = request.headers,
                   .body = call.body,
                   .resend = call.repeatable == Repeatable::kYes ? Resend::kAllowed : Resend::kNever};
  if (!call.query.empty()) http.url += "?" + sigv4_query(call.query);
  http.headers.insert(http.headers.end(), signature.begin(), signature.end());

  return http_.send(http);
}

std::string s3_checksum(std::string_view body) {
  const auto crc = ::crc32_z(0, reinterpret_cast<const Bytef*>(body.data()), body.size());
  const std::array<unsigned char, 4> big_endian = {
      static_cast<unsigned char>(crc >> 24), static_cast<unsigned char>(crc >> 16),
      static_cast<unsigned char>(crc >> 8), static_cast<unsigned char>(crc)};
  std::array<unsigned char, 9> base64;  // 8 digits and a NUL
  ::EVP_EncodeBlock(base64.data(), big_endian.data(), static_cast<int>(big_endian.size()));
  return reinterpret_cast<const char*>(base64.data());
}

}  // namespace calve::storage
