// One request to a REST catalog and its answer: addressed, proven to be ours, and sent.

#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "calve/base/result.h"
#include "calve/base/sigv4.h"
#include "calve/catalog/rest_auth.h"
#include "calve/catalog/rest_options.h"
#include "calve/storage/http.h"

namespace calve::catalog {

// A catalog that asks for a longer pause is not waited for: the caller's own policy goes on.
inline constexpr std::chrono::seconds kRetryAfterMax{30};
inline constexpr int kSendingsMax = 3;

struct RestRequest {
  std::string_view method;  // GET, POST
  std::string path;         // below the catalog's address, encoded, without a slash at the beginning
  NamesAndValues query;     // decoded
  storage::HttpHeaders headers;
  std::string body;  // JSON; empty: none
};

// Whether a request that was served may be served again without a further change.
enum class Repeat { kHarmless, kHarmful };

struct RestAnswer {
  // Of status 2xx; any other is an Error as rest_error() says.
  Result<storage::HttpResponse> response;
  // An earlier sending of the same request was never answered.
  bool may_have_happened = false;
};

// Safe from any thread.
class RestClient {
 public:
  // kConfig for an address that cannot be one.
  static Result<std::unique_ptr<RestClient>> create(const RestOptions& options);

  // A request that changes nothing, or nothing further when it is sent twice: sent again until it is
  // served or the policy is used up, which is kUnavailable, never kUnknownOutcome.
  Result<storage::HttpResponse> read(const RestRequest& request);

  // A request that changes something: sent once, and, if that is harmless, kSendingsMax times at most
  // while there is no answer. kUnavailable comes after the pause that the catalog asked for.
  RestAnswer write(const RestRequest& request, Repeat repeat);

 private:
  RestClient(const RestOptions& options, std::unique_ptr<RestAuth> auth);

  Result<storage::HttpResponse> send_once(const RestRequest& request, storage::Resend resend);
  Result<storage::HttpResponse> send_proven(const RestRequest& request, storage::Resend resend);
  void pause_as_asked(const storage::HttpResponse& response) const;

  std::string uri_;
  std::unique_ptr<RestAuth> auth_;
  storage::HttpClient http_;
  RetryPolicy retry_;
  std::stop_token stop_;
};

}  // namespace calve::catalog
