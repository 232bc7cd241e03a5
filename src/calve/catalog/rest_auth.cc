#include "calve/catalog/rest_auth.h"

#include <mutex>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "calve/catalog/oauth2.h"

namespace calve::catalog {
namespace {

using storage::HttpHeaders;

std::string replace_all(std::string text, const Secret& secret) {
  const std::string& value = secret.reveal();
  if (value.empty()) return text;
  for (auto at = text.find(value); at != std::string::npos; at = text.find(value, at + 3)) {
    text.replace(at, value.size(), "***");
  }
  return text;
}

class NoAuth final : public RestAuth {
 public:
  Result<HttpHeaders> headers(const SigV4Request&) override { return HttpHeaders{}; }
  Result<bool> renew() override { return false; }
  std::string without_secrets(std::string text) const override { return text; }
};

class SignedAuth final : public RestAuth {
 public:
  SignedAuth(RestSigning signing, const Clock& clock) : signing_(std::move(signing)), clock_(clock) {}

  Result<HttpHeaders> headers(const SigV4Request& request) override {
    const AwsCredentials credentials = CALVE_TRY(signing_.credentials->get());
    HttpHeaders headers = {{"x-amz-content-sha256", request.payload_sha256}};
    SigV4Request signed_request = request;
    signed_request.headers = headers;
    const auto signature =
        sigv4_headers(signed_request, credentials,
                      {.region = signing_.region, .service = signing_.service, .time = clock_.now()});
    headers.insert(headers.end(), signature.begin(), signature.end());
    return headers;
  }
  // The credentials are asked for anew with each request as it is.
  Result<bool> renew() override { return false; }
  std::string without_secrets(std::string text) const override {
    const auto credentials = signing_.credentials->get();
    if (!credentials) return text;
    return replace_all(replace_all(std::move(text), credentials->secret_access_key),
                       credentials->session_token);
  }

 private:
  const RestSigning signing_;
  const Clock& clock_;
};

// Sends a token; buys the next one with the credential, if there is one.
class TokenAuth final : public RestAuth {
 public:
  explicit TokenAuth(const RestOptions& options)
      : token_{.value = options.auth.token},
        credential_(options.auth.credential),
        server_(options),
        clock_(*options.clock) {}

  Result<HttpHeaders> headers(const SigV4Request&) override {
    const std::scoped_lock lock(mutex_);
    if (needs_token()) token_ = CALVE_TRY(server_.buy_token());
    return HttpHeaders{{"Authorization", "Bearer " + token_.value.reveal()}};
  }

  Result<bool> renew() override {
    const std::scoped_lock lock(mutex_);
    if (credential_.empty()) return false;
    token_ = CALVE_TRY(server_.buy_token());
    return true;
  }

  std::string without_secrets(std::string text) const override {
    const std::scoped_lock lock(mutex_);
    const std::string& credential = credential_.reveal();
    const Secret secret(credential.substr(credential.find(':') + 1));  // all of it if there is no ':'
    return replace_all(replace_all(std::move(text), token_.value), secret);
  }

 private:
  bool needs_token() const {
    if (credential_.empty()) return false;
    if (token_.value.empty()) return true;
    return token_.renew_at && clock_.now() >= *token_.renew_at;
  }

  mutable std::mutex mutex_;
  BearerToken token_;
  const Secret credential_;
  TokenServer server_;
  const Clock& clock_;
};

}  // namespace

Result<std::unique_ptr<RestAuth>> make_rest_auth(const RestOptions& options) {
  const RestAuthOptions& auth = options.auth;
  const bool has_token = !auth.token.empty() || !auth.credential.empty();
  if (auth.signing && has_token) {
    return fail(ErrorKind::kConfig,
                "The catalog takes a signature or a token, not both; leave iceberg.token and "
                "iceberg.credential out, or iceberg.rest.sigv4-enabled");
  }
  if (auth.signing) return std::make_unique<SignedAuth>(*auth.signing, *options.clock);
  if (has_token) return std::make_unique<TokenAuth>(options);
  return std::make_unique<NoAuth>();
}

}  // namespace calve::catalog
