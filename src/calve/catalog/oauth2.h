// Buys bearer tokens with a client's credential: OAuth 2.0, RFC 6749 section 4.4.
//
//   POST {token endpoint}
//   grant_type=client_credentials&client_id={ID}&client_secret={SECRET}&scope={scope}

#pragma once

#include <optional>
#include <string>

#include "calve/base/result.h"
#include "calve/base/secret.h"
#include "calve/base/time.h"
#include "calve/catalog/rest_options.h"
#include "calve/storage/http.h"

namespace calve::catalog {

struct BearerToken {
  Secret value;
  // When to buy the next one, well before this one expires. None: it does not say that it does.
  std::optional<Timestamp> renew_at;
};

// Safe from any thread.
class TokenServer {
 public:
  // Reads uri, http, clock and auth of the options; the clock outlives this.
  explicit TokenServer(const RestOptions& options);

  // Asks once. kAccessDenied if the server refuses the credential; kUnreachable or kUnavailable if it
  // may serve another time. No message holds what was sent, nor the answer but for its error code.
  Result<BearerToken> buy_token();

 private:
  std::string endpoint_;
  std::string form_;  // holds the secret
  storage::HttpClient http_;
  const Clock& clock_;
};

}  // namespace calve::catalog
