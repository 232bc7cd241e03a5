// How a REST catalog is told who asks: by a bearer token, or by a signature of each request.

#pragma once

#include <memory>
#include <string>

#include "calve/base/result.h"
#include "calve/base/sigv4.h"
#include "calve/catalog/rest_options.h"
#include "calve/storage/http.h"

namespace calve::catalog {

// Safe from any thread.
class RestAuth {
 public:
  virtual ~RestAuth() = default;

  // The headers to add to the request, good for sending it once, now. Buys a token first if there is
  // none, or if the one there is is about to expire. kAccessDenied if there is nothing to prove it by.
  virtual Result<storage::HttpHeaders> headers(const SigV4Request& request) = 0;

  // The catalog refused what headers() gave. Says whether another proof takes its place, so that the
  // same request may be sent again.
  virtual Result<bool> renew() = 0;

  // The text with every secret of ours in it replaced: a server may send back what it was sent.
  virtual std::string without_secrets(std::string text) const = 0;
};

// kConfig for more than one way at a time.
Result<std::unique_ptr<RestAuth>> make_rest_auth(const RestOptions& options);

}  // namespace calve::catalog
