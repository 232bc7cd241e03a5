#include "calve/catalog/glue_client.h"

#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "calve/base/retry.h"
#include "calve/base/sha256.h"
#include "calve/base/sigv4.h"
#include "calve/catalog/glue_protocol.h"

namespace calve::catalog {
namespace {

using storage::Resend;

constexpr std::string_view kRegionCharacters = "abcdefghijklmnopqrstuvwxyz0123456789-";
constexpr std::string_view kHostCharacters =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:[]_";
constexpr int kOk = 200;

std::string aws_endpoint(const std::string& region) {
  return fmt::format("https://glue.{}.amazonaws.com{}", region, region.starts_with("cn-") ? ".cn" : "");
}

// A refused signature is answered with what was signed, the session token included.
std::string without_token(std::string text, const AwsCredentials& credentials) {
  const std::string& token = credentials.session_token.reveal();
  if (token.empty()) return text;
  // The answer may have been cut within the token.
  constexpr std::size_t kTellingBytes = 16;
  const std::size_t at = text.find(token.substr(0, kTellingBytes));
  return at == std::string::npos ? text : text.substr(0, at) + "***";
}

}  // namespace

Result<std::unique_ptr<GlueClient>> GlueClient::create(GlueOptions options) {
  if (options.region.empty() || options.region.find_first_not_of(kRegionCharacters) != std::string::npos) {
    return fail(
        ErrorKind::kConfig,
        fmt::format("Not the name of a region; set AWS_REGION, as in us-east-1: '{}'", options.region));
  }
  std::string endpoint = options.endpoint.empty() ? aws_endpoint(options.region) : options.endpoint;
  while (endpoint.ends_with('/'))
    endpoint.pop_back();
  const std::size_t separator = endpoint.find("://");
  std::string scheme = endpoint.substr(0, separator);
  std::string host = separator == std::string::npos ? "" : endpoint.substr(separator + 3);
  if ((scheme != "http" && scheme != "https") || host.empty() ||
      host.find_first_not_of(kHostCharacters) != std::string::npos) {
    return fail(ErrorKind::kConfig, fmt::format("Not an endpoint of Glue; set AWS_ENDPOINT_URL_GLUE to "
                                                "http://HOST:PORT or https://HOST, or unset it: '{}'",
                                                options.endpoint));
  }
  return std::unique_ptr<GlueClient>(new GlueClient(std::move(options), std::move(scheme), std::move(host)));
}

GlueClient::GlueClient(GlueOptions options, std::string scheme, std::string host)
    : options_(std::move(options)),
      scheme_(std::move(scheme)),
      host_(std::move(host)),
      http_(options_.http) {}

Result<std::string> GlueClient::read(std::string_view operation, nlohmann::json request) {
  const std::string body = body_of(std::move(request));
  return retry(options_.retry, options_.stop, [&]() -> Result<std::string> {
    auto answer = send(operation, body, Resend::kAllowed);
    if (!answer && answer.error().kind == ErrorKind::kUnknownOutcome) {
      answer.error().kind = ErrorKind::kUnavailable;
    }
    return answer;
  });
}

Result<std::string> GlueClient::write(std::string_view operation, nlohmann::json request) {
  return send(operation, body_of(std::move(request)), Resend::kNever);
}

// JSON has no other strings than UTF-8, and what comes in was checked to be it (iceberg::apply).
std::string GlueClient::body_of(nlohmann::json request) const {
  if (!options_.catalog_id.empty()) request["CatalogId"] = options_.catalog_id;
  return request.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

Result<std::string> GlueClient::send(std::string_view operation, const std::string& body, Resend resend) {
  const SigV4Request request{.method = "POST",
                             .host = host_,
                             .path = "/",
                             .headers = {{"Content-Type", "application/x-amz-json-1.1"},
                                         {"X-Amz-Target", fmt::format("AWSGlue.{}", operation)}},
                             .payload_sha256 = hex(sha256(body))};
  const AwsCredentials credentials = CALVE_TRY(options_.credentials->get());
  const auto signature = sigv4_headers(
      request, credentials, {.region = options_.region, .service = "glue", .time = options_.clock->now()});
  storage::HttpRequest http{.method = request.method,
                            .url = fmt::format("{}://{}/", scheme_, host_),
                            .headers = request.headers,
                            .body = body,
                            .resend = resend};
  http.headers.insert(http.headers.end(), signature.begin(), signature.end());
  auto response = CALVE_TRY(http_.send(http));
  if (response.status == kOk) return std::move(response.body);
  Error error = glue_error(response, operation);
  error.message = without_token(std::move(error.message), credentials);
  return std::unexpected(std::move(error));
}

}  // namespace calve::catalog
