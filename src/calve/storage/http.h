// One HTTP/1.1 request and its answer, over libcurl.
//
// The errors tell what a caller of a service must know, whether the request can have been served:
//   kUnreachable     it never left: no such host, connection refused, not connected in time
//   kUnknownOutcome  it left, at least in part, and no whole answer came
//   kConfig          never left: the URL is not http or https, or TLS was not trusted
//   kInvalidData     an answer larger than response_bytes_max
// An answer of any status is a success here. Redirects are given back, never followed: a signature
// holds for one host, and a server must not choose where our credentials go. TLS is always verified.
// A loopback or link-local host is never asked for through a proxy.

#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "calve/base/result.h"
#include "calve/base/time.h"

namespace calve::storage {

using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

// Whether libcurl may send the request again by itself, when a connection that it kept turns out to
// have been closed. It cannot know then whether the server served the first one.
enum class Resend { kAllowed, kNever };

struct HttpRequest {
  std::string method;  // GET, HEAD, PUT, POST, DELETE
  std::string url;     // encoded
  HttpHeaders headers;
  std::string_view body;  // must live until send() returns
  Resend resend = Resend::kNever;
};

struct HttpResponse {
  int status = 0;
  HttpHeaders headers;  // names in lower case
  std::string body;

  std::optional<std::string_view> header(std::string_view name) const;
};

struct HttpOptions {
  int connections_max = 16;  // requests at the same time; further ones wait for their turn
  Milliseconds connect_timeout{5'000};
  Milliseconds request_timeout{120'000};  // from the start to the last byte of the answer
  Milliseconds stall_timeout{20'000};     // without a byte either way; whole seconds
  std::int64_t response_bytes_max = std::int64_t{1} << 30;
  std::string ca_bundle;  // a file of certificates; empty: the system's
};

// Keeps connections for the next request. Safe from any thread.
class HttpClient {
 public:
  explicit HttpClient(HttpOptions options);
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  Result<HttpResponse> send(const HttpRequest& request);

 private:
  class Handle;
  class Lease;

  HttpOptions options_;
  std::mutex mutex_;
  std::condition_variable returned_;
  std::vector<std::unique_ptr<Handle>> idle_;
  int leased_ = 0;
};

}  // namespace calve::storage
