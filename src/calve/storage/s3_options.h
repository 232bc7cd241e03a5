// How to reach S3, or a server that speaks it. Values come from configuration; nothing here reads the
// environment.

#pragma once

#include <memory>
#include <stop_token>
#include <string>

#include "calve/base/result.h"
#include "calve/base/retry.h"
#include "calve/base/time.h"
#include "calve/storage/credentials.h"
#include "calve/storage/http.h"

namespace calve::storage {

// Where a bucket's name stands: https://endpoint/bucket/key or https://bucket.endpoint/key.
enum class S3Addressing {
  kByEndpoint,  // virtual-hosted at AWS, path-style anywhere else
  kPath,
  kVirtualHosted,
};

// Whether objects are stored with a CRC-32 of theirs.
enum class S3Checksums {
  // At AWS. LocalStack gives an object's checksum with each part of it, too, and readers that hold one
  // against the other (Arrow's, so PyIceberg's) fail on the object.
  kByEndpoint,
  kStore,
  kOmit,
};

// How S3 is asked to encrypt what it stores.
enum class S3Encryption {
  kByBucket,   // as the bucket is set to, which is never not at all
  kS3,         // by a key of S3's (SSE-S3)
  kKms,        // by a key of AWS KMS (SSE-KMS)
  kKmsDouble,  // twice, by a key of AWS KMS (DSSE-KMS)
};

struct S3Options {
  std::string endpoint;  // "http://127.0.0.1:4566"; empty: AWS's own in `region`
  std::string region = "us-east-1";
  S3Addressing addressing = S3Addressing::kByEndpoint;
  S3Checksums checksums = S3Checksums::kByEndpoint;
  S3Encryption encryption = S3Encryption::kByBucket;
  std::string kms_key_id;  // id, ARN or alias; empty: the account's key for S3
  // Shared by every client of AWS in this process, so that one renewal serves all.
  // Empty: default_credentials().
  std::shared_ptr<CredentialsProvider> credentials;
  RetryPolicy retry;
  HttpOptions http;
  std::stop_token stop;  // ends waiting between attempts
  const Clock* clock = &system_clock();
};

}  // namespace calve::storage
