#include "calve/catalog/oauth2.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "calve/base/percent_encode.h"
#include "calve/iceberg/json_reader.h"

namespace calve::catalog {
namespace {

using iceberg::JsonDocument;
using iceberg::JsonNode;

// A token is not used up to its last moment: a request takes its time, and clocks differ. Of one that
// lives for less than twice as long, half its life is used.
constexpr std::chrono::seconds kRenewBeforeExpiry{60};

std::string credential_form(const RestAuthOptions& auth) {
  const std::string& credential = auth.credential.reveal();
  const std::size_t colon = credential.find(':');
  std::string form = "grant_type=client_credentials";
  if (colon != std::string::npos) {
    form += fmt::format("&client_id={}", percent_encode(credential.substr(0, colon)));
  }
  form += fmt::format("&client_secret={}",
                      percent_encode(colon == std::string::npos ? credential : credential.substr(colon + 1)));
  if (!auth.scope.empty()) form += fmt::format("&scope={}", percent_encode(auth.scope));
  return form;
}

bool is_error_code(std::string_view text) {
  constexpr std::size_t kErrorCodeBytesMax = 64;
  return !text.empty() && text.size() <= kErrorCodeBytesMax &&
         std::ranges::all_of(text, [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; });
}

// "HTTP 400 invalid_client". The description beside it may repeat what was sent.
std::string words_of(const storage::HttpResponse& response) {
  std::string words = fmt::format("HTTP {}", response.status);
  const auto document = JsonDocument::parse(response.body);
  if (!document) return words;
  const auto code = document->root().optional<std::string>("error");
  if (code && *code && is_error_code(**code)) words += " " + **code;
  return words;
}

Error refusal(const storage::HttpResponse& response, const std::string& endpoint) {
  const std::string words = words_of(response);
  if (response.status == 429 || response.status >= 500) {
    return {ErrorKind::kUnavailable,
            fmt::format("the token server cannot serve this now; try again later: {}: {}", words, endpoint)};
  }
  if (response.status / 100 == 3 || response.status == 404 || response.status == 405) {
    return {ErrorKind::kConfig,
            fmt::format("no token server is at this address; set iceberg.oauth2-server-uri: {}: {}", words,
                        endpoint)};
  }
  return {ErrorKind::kAccessDenied,
          fmt::format("the token server refuses the credential; check iceberg.credential and "
                      "iceberg.scope: {}: {}",
                      words, endpoint)};
}

Result<BearerToken> parse_token(std::string_view json, Timestamp now) {
  const JsonDocument document = CALVE_TRY(JsonDocument::parse(json));
  const JsonNode root = document.root();
  BearerToken token{.value = Secret(CALVE_TRY(root.required<std::string>("access_token")))};
  const auto lifetime_s = CALVE_TRY(root.optional<std::int32_t>("expires_in"));
  if (lifetime_s) {
    const std::chrono::seconds lifetime(*lifetime_s);
    token.renew_at = now + std::max(lifetime - kRenewBeforeExpiry, lifetime / 2);
  }
  return token;
}

}  // namespace

TokenServer::TokenServer(const RestOptions& options)
    : endpoint_(options.auth.oauth2_server_uri.empty() ? options.uri + "/v1/oauth/tokens"
                                                       : options.auth.oauth2_server_uri),
      form_(credential_form(options.auth)),
      http_(options.http),
      clock_(*options.clock) {}

Result<BearerToken> TokenServer::buy_token() {
  const auto response = http_.send(
      {.method = "POST",
       .url = endpoint_,
       .headers = {{"Content-Type", "application/x-www-form-urlencoded"}, {"Accept", "application/json"}},
       .body = form_,
       .resend = storage::Resend::kAllowed});
  if (!response) {
    // To have bought a token twice does no harm.
    if (response.error().kind != ErrorKind::kUnknownOutcome) return std::unexpected(response.error());
    return fail(ErrorKind::kUnavailable, response.error().message);
  }
  if (response->status / 100 != 2) return std::unexpected(refusal(*response, endpoint_));
  auto token = parse_token(response->body, clock_.now());
  if (!token) {
    return fail(
        ErrorKind::kInvalidData,
        fmt::format("The token server's answer is no token; check iceberg.oauth2-server-uri: {}", endpoint_));
  }
  return token;
}

}  // namespace calve::catalog
