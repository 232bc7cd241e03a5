// AWS Signature Version 4: proves to an AWS service who sends a request.
//
//   canonical request = method LF path LF query LF header* LF signed-names LF payload-sha256
//   string to sign    = "AWS4-HMAC-SHA256" LF time LF scope LF hex(sha256(canonical request))
//   scope             = date "/" region "/" service "/aws4_request"
//   signing key       = hmac chain over "AWS4" secret: date, region, service, "aws4_request"
//   signature         = hex(hmac(signing key, string to sign))
//
// Pure functions: no clock, no I/O. Specification: "Signature Version 4 for API requests", AWS IAM
// User Guide.

#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "calve/base/secret.h"
#include "calve/base/time.h"

namespace calve {

struct AwsCredentials {
  std::string access_key_id;
  Secret secret_access_key;
  Secret session_token;  // empty for keys that do not expire

  bool operator==(const AwsCredentials&) const = default;
};

using NamesAndValues = std::vector<std::pair<std::string, std::string>>;

struct SigV4Request {
  std::string method;
  std::string host;            // with ":port" if the request's Host header has one
  std::string path;            // encoded as it is sent, without "." and ".." segments
  NamesAndValues query;        // decoded
  NamesAndValues headers;      // all of these are signed, and host besides
  std::string payload_sha256;  // lower-case hexadecimal, or kUnsignedPayload
};

inline constexpr std::string_view kUnsignedPayload = "UNSIGNED-PAYLOAD";
inline constexpr std::string_view kEmptyPayloadSha256 =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

struct SigV4Scope {
  std::string region;
  std::string service;  // "s3" signs its path as sent, every other service encodes it once more
  Timestamp time;
};

// The headers to add to the request: x-amz-date, x-amz-security-token if there is one, authorization.
NamesAndValues sigv4_headers(const SigV4Request& request, const AwsCredentials& credentials,
                             const SigV4Scope& scope);

// The query string to send instead of request.query: it carries the signature, valid for `lifetime`.
std::string sigv4_presigned_query(const SigV4Request& request, const AwsCredentials& credentials,
                                  const SigV4Scope& scope, std::chrono::seconds lifetime);

// Encoded and sorted: both what is signed and what is to be sent.
std::string sigv4_query(const NamesAndValues& query);

}  // namespace calve
