// How to reach a REST catalog. Values come from configuration; nothing here reads the environment.

#pragma once

#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "calve/base/retry.h"
#include "calve/base/secret.h"
#include "calve/base/time.h"
#include "calve/storage/credentials.h"
#include "calve/storage/http.h"

namespace calve::catalog {

// AWS's own catalogs know who asks by the request's signature.
struct RestSigning {
  std::string service;  // "glue", "s3tables", "execute-api"
  std::string region;
  std::shared_ptr<storage::CredentialsProvider> credentials;  // shared by every client of AWS here
};

// At most one way: a signature, or a bearer token. Nothing set: requests go as they are.
struct RestAuthOptions {
  std::optional<RestSigning> signing;
  Secret token;                   // sent until the catalog refuses it
  Secret credential;              // "ID:SECRET" or "SECRET": buys tokens (OAuth2 client credentials)
  std::string oauth2_server_uri;  // empty: {uri}/v1/oauth/tokens
  std::string scope = "catalog";
};

// Whether the catalog shall lend keys for each table's files.
enum class VendedCredentials { kNotAsked, kAsked };

struct RestOptions {
  std::string uri;        // what stands before "/v1": "https://catalog.example.com/iceberg"
  std::string warehouse;  // as the catalog names it; empty: its only one
  RestAuthOptions auth;
  VendedCredentials vended_credentials = VendedCredentials::kNotAsked;
  // Ours on where the tables' store is ("s3.endpoint"): they come before the catalog's defaults and behind
  // its overrides.
  std::map<std::string, std::string> properties;
  RetryPolicy retry;  // of what can be repeated without harm
  storage::HttpOptions http{.response_bytes_max = std::int64_t{256} << 20};
  std::stop_token stop;  // ends waiting between attempts
  const Clock* clock = &system_clock();
};

}  // namespace calve::catalog
