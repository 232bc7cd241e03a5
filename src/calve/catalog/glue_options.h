// How to reach the AWS Glue Data Catalog. Values come from configuration; nothing here reads the
// environment.

#pragma once

#include <memory>
#include <stop_token>
#include <string>

#include "calve/base/retry.h"
#include "calve/base/time.h"
#include "calve/storage/credentials.h"
#include "calve/storage/http.h"

namespace calve::catalog {

struct GlueOptions {
  std::string endpoint;  // "http://127.0.0.1:5155"; empty: AWS's own in `region`
  std::string region = "us-east-1";
  std::string catalog_id;  // the account whose catalog it is; empty: the one that the keys belong to
  // Where tables of a database lie that names no place of its own: <warehouse>/<database>.db/<table>.
  // Without a slash at its end.
  std::string warehouse;
  // Shared by every client of AWS in this process, so that one renewal serves all.
  std::shared_ptr<storage::CredentialsProvider> credentials;
  RetryPolicy retry;  // of what can be repeated without harm
  storage::HttpOptions http{.request_timeout = Milliseconds(60'000),
                            .response_bytes_max = std::int64_t{64} << 20};
  std::stop_token stop;  // ends waiting between attempts
  const Clock* clock = &system_clock();
};

}  // namespace calve::catalog
