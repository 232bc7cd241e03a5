// Who we are to Amazon MSK: a token for SASL/OAUTHBEARER that proves AWS keys.
//
//   token = base64url(url), without padding
//   url   = "https://kafka." region ".amazonaws.com/?Action=kafka-cluster%3AConnect"
//           + the query of Signature Version 4, valid for 900 s
//           + "&User-Agent=" agent          (added after signing)
//
// A bearer's secret: it goes over TLS alone, and into no log. Pure: time and keys come in as arguments.
// AWS: aws-msk-iam-sasl-signer, whose tokens are the test vectors.

#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "calve/base/secret.h"
#include "calve/base/sigv4.h"
#include "calve/base/time.h"

namespace calve::kafka {

inline constexpr std::chrono::seconds kMskIamTokenLifetime{900};

struct MskIamToken {
  Secret text;
  Timestamp expiry;
};

struct MskIamTokenRequest {
  std::string region;
  Timestamp now;
  std::string_view user_agent;
};

MskIamToken make_msk_iam_token(const AwsCredentials& credentials, const MskIamTokenRequest& request);

// "us-east-1" of "b-1.orders.x1y2z3.c4.kafka.us-east-1.amazonaws.com:9098", the first of a list with
// commas, serverless clusters included. Empty for hosts that are not MSK's.
std::string msk_region_of(std::string_view bootstrap_servers);

}  // namespace calve::kafka
