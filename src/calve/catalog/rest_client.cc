#include "calve/catalog/rest_client.h"

#include <charconv>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "calve/base/log.h"
#include "calve/base/retry.h"
#include "calve/base/sha256.h"
#include "calve/catalog/rest_protocol.h"

namespace calve::catalog {
namespace {

using storage::HttpRequest;
using storage::HttpResponse;
using storage::Resend;

constexpr int kUnauthorized = 401;
constexpr int kTokenExpired = 419;  // Iceberg's own

struct Address {
  std::string host;  // with its port, if it names one
  std::string path;  // without a slash at its end
};

// nullopt for anything else than http(s)://HOST[:PORT][/PATH]. Keys within the address would end up in
// messages.
std::optional<Address> parse_address(std::string_view uri) {
  const std::size_t scheme_end = uri.find("://");
  if (scheme_end == std::string_view::npos) return std::nullopt;
  const std::string_view scheme = uri.substr(0, scheme_end);
  if (scheme != "http" && scheme != "https") return std::nullopt;
  const std::string_view rest = uri.substr(scheme_end + 3);
  const std::size_t slash = rest.find('/');
  const std::string_view host = rest.substr(0, slash);
  if (host.empty() || rest.find_first_of("@?# ") != std::string_view::npos) return std::nullopt;
  return Address{.host = std::string(host),
                 .path = std::string(slash == std::string_view::npos ? "" : rest.substr(slash))};
}

std::string without_slashes_at_end(std::string text) {
  while (text.ends_with('/'))
    text.pop_back();
  return text;
}

// Retry-After in seconds; the date that HTTP allows too is not read.
std::optional<std::chrono::seconds> asked_pause(const HttpResponse& response) {
  const auto header = response.header("retry-after");
  if (!header) return std::nullopt;
  int seconds = 0;
  const auto [end, error] = std::from_chars(header->data(), header->data() + header->size(), seconds);
  if (error != std::errc() || end != header->data() + header->size() || seconds < 0) return std::nullopt;
  return std::chrono::seconds(seconds);
}

}  // namespace

Result<std::unique_ptr<RestClient>> RestClient::create(const RestOptions& options) {
  RestOptions tidy = options;
  tidy.uri = without_slashes_at_end(std::move(tidy.uri));
  if (!parse_address(tidy.uri)) {
    return fail(ErrorKind::kConfig,
                "The address of the REST catalog is none; set ICEBERG_CATALOG_URI to http(s)://HOST[:PORT] "
                "and the path before /v1, without user, password and query");
  }
  auto auth = CALVE_TRY(make_rest_auth(tidy));
  return std::unique_ptr<RestClient>(new RestClient(tidy, std::move(auth)));
}

RestClient::RestClient(const RestOptions& options, std::unique_ptr<RestAuth> auth)
    : uri_(options.uri),
      auth_(std::move(auth)),
      http_(options.http),
      retry_(options.retry),
      stop_(options.stop) {}

Result<HttpResponse> RestClient::read(const RestRequest& request) {
  return retry(retry_, stop_, [&]() -> Result<HttpResponse> {
    auto response = send_once(request, Resend::kAllowed);
    if (!response && response.error().kind == ErrorKind::kUnknownOutcome) {
      response.error().kind = ErrorKind::kUnavailable;
    }
    return response;
  });
}

// libcurl repeats nothing by itself here: whether an earlier sending may have been served is the point.
RestAnswer RestClient::write(const RestRequest& request, Repeat repeat) {
  RestAnswer answer{.response = send_once(request, Resend::kNever)};
  for (int sendings = 1; sendings < kSendingsMax && repeat == Repeat::kHarmless; ++sendings) {
    if (answer.response || answer.response.error().kind != ErrorKind::kUnknownOutcome) break;
    log::warn("no answer from the catalog, asking again: {}", answer.response.error().message);
    answer.may_have_happened = true;
    answer.response = send_once(request, Resend::kNever);
  }
  return answer;
}

// Once more, if the catalog wanted a newer token: it refused the request at the door.
Result<HttpResponse> RestClient::send_once(const RestRequest& request, Resend resend) {
  HttpResponse response = CALVE_TRY(send_proven(request, resend));
  if (response.status == kUnauthorized || response.status == kTokenExpired) {
    if (CALVE_TRY(auth_->renew())) response = CALVE_TRY(send_proven(request, resend));
  }
  if (response.status / 100 == 2) return response;
  Error error = rest_error(response, fmt::format("{} {}/{}", request.method, uri_, request.path));
  error.message = auth_->without_secrets(std::move(error.message));
  if (error.kind == ErrorKind::kUnavailable) pause_as_asked(response);
  return std::unexpected(std::move(error));
}

Result<HttpResponse> RestClient::send_proven(const RestRequest& request, Resend resend) {
  const Address address = *parse_address(uri_);
  const SigV4Request facts{.method = std::string(request.method),
                           .host = address.host,
                           .path = fmt::format("{}/{}", address.path, request.path),
                           .query = request.query,
                           .payload_sha256 = hex(sha256(request.body))};
  HttpRequest http{.method = facts.method,
                   .url = fmt::format("{}/{}", uri_, request.path),
                   .headers = request.headers,
                   .body = request.body,
                   .resend = resend};
  if (!request.query.empty()) http.url += "?" + sigv4_query(request.query);
  http.headers.emplace_back("Accept", "application/json");
  if (!request.body.empty()) http.headers.emplace_back("Content-Type", "application/json");
  const auto proof = CALVE_TRY(auth_->headers(facts));
  http.headers.insert(http.headers.end(), proof.begin(), proof.end());
  return http_.send(http);
}

void RestClient::pause_as_asked(const HttpResponse& response) const {
  const auto pause = asked_pause(response);
  if (!pause || *pause > kRetryAfterMax) return;
  log::debug("the catalog asks to be left alone for {} s", pause->count());
  (void)sleep_unless_stopped(*pause, stop_);
}

}  // namespace calve::catalog
