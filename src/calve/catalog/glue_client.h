// One call of Glue: signed, sent, and, where that can do no harm, sent again.

#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "calve/base/result.h"
#include "calve/catalog/glue_options.h"
#include "calve/storage/http.h"

namespace calve::catalog {

// Safe from any thread.
class GlueClient {
 public:
  // kConfig for an endpoint or region that cannot be one.
  static Result<std::unique_ptr<GlueClient>> create(GlueOptions options);

  // A call that changes nothing: sent again until it is served or the policy is used up, which is
  // kUnavailable, never kUnknownOutcome.
  Result<std::string> read(std::string_view operation, nlohmann::json request);

  // A call that changes something: sent once, over a connection of its own, so that nothing below
  // repeats it unseen. kUnknownOutcome if it may have been served.
  Result<std::string> write(std::string_view operation, nlohmann::json request);

 private:
  GlueClient(GlueOptions options, std::string scheme, std::string host);

  Result<std::string> send(std::string_view operation, const std::string& body, storage::Resend resend);
  std::string body_of(nlohmann::json request) const;

  const GlueOptions options_;
  const std::string scheme_;
  const std::string host_;  // with its port, if it names one
  storage::HttpClient http_;
};

}  // namespace calve::catalog
