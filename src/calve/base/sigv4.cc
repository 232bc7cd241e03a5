#include "calve/base/sigv4.h"

#include <algorithm>
#include <cctype>
#include <map>

#include <fmt/chrono.h>
#include <fmt/ranges.h>

#include "calve/base/percent_encode.h"
#include "calve/base/sha256.h"

namespace calve {
namespace {

constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";

std::string basic_iso_time(Timestamp time) {
  return fmt::format(
      "{:%Y%m%dT%H%M%SZ}",
      fmt::gmtime(std::chrono::system_clock::to_time_t(std::chrono::floor<std::chrono::seconds>(time))));
}

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](unsigned char c) { return std::tolower(c); });
  return out;
}

// Outer blanks go, inner runs of blanks become one.
std::string trim_header(std::string_view value) {
  std::string out;
  for (const char c : value) {
    if (c == ' ' && (out.empty() || out.back() == ' ')) continue;
    out += c;
  }
  if (out.ends_with(' ')) out.pop_back();
  return out;
}

struct CanonicalHeaders {
  std::string lines;
  std::string signed_names;
};

CanonicalHeaders canonical_headers(const SigV4Request& request, const NamesAndValues& added) {
  std::map<std::string, std::string> values;
  values["host"] = request.host;
  for (const auto* headers : {&request.headers, &added}) {
    for (const auto& [name, value] : *headers) {
      const auto [at, is_first] = values.try_emplace(lower(name), trim_header(value));
      if (!is_first) at->second += "," + trim_header(value);
    }
  }
  CanonicalHeaders canonical;
  for (const auto& [name, value] : values) {
    canonical.lines += fmt::format("{}:{}\n", name, value);
    if (!canonical.signed_names.empty()) canonical.signed_names += ';';
    canonical.signed_names += name;
  }
  return canonical;
}

class Signer {
 public:
  Signer(const AwsCredentials& credentials, const SigV4Scope& scope)
      : credentials_(credentials), scope_(scope), time_(basic_iso_time(scope.time)) {}

  const std::string& time() const { return time_; }
  std::string credential() const { return credentials_.access_key_id + "/" + scope_text(); }

  std::string signature(const SigV4Request& request, std::string_view query,
                        const CanonicalHeaders& headers) const {
    const auto canonical_request =
        fmt::format("{}\n{}\n{}\n{}\n{}\n{}", request.method,
                    scope_.service == "s3" ? request.path : percent_encode_path(request.path), query,
                    headers.lines, headers.signed_names, request.payload_sha256);
    return hex(hmac_sha256(signing_key(), fmt::format("{}\n{}\n{}\n{}", kAlgorithm, time_, scope_text(),
                                                      hex(sha256(canonical_request)))));
  }

 private:
  std::string date() const { return time_.substr(0, 8); }
  std::string scope_text() const {
    return fmt::format("{}/{}/{}/aws4_request", date(), scope_.region, scope_.service);
  }

  Sha256Digest signing_key() const {
    const auto secret = "AWS4" + credentials_.secret_access_key.reveal();
    auto key = hmac_sha256({reinterpret_cast<const std::uint8_t*>(secret.data()), secret.size()}, date());
    for (const std::string_view part : {std::string_view(scope_.region), std::string_view(scope_.service),
                                        std::string_view("aws4_request")}) {
      key = hmac_sha256(key, part);
    }
    return key;
  }

  const AwsCredentials& credentials_;
  const SigV4Scope& scope_;
  std::string time_;
};

}  // namespace

NamesAndValues sigv4_headers(const SigV4Request& request, const AwsCredentials& credentials,
                             const SigV4Scope& scope) {
  const Signer signer(credentials, scope);
  NamesAndValues added = {{"x-amz-date", signer.time()}};
  if (!credentials.session_token.empty()) {
    added.emplace_back("x-amz-security-token", credentials.session_token.reveal());
  }
  const auto headers = canonical_headers(request, added);
  added.emplace_back(
      "authorization",
      fmt::format("{} Credential={}, SignedHeaders={}, Signature={}", kAlgorithm, signer.credential(),
                  headers.signed_names, signer.signature(request, sigv4_query(request.query), headers)));
  return added;
}

std::string sigv4_presigned_query(const SigV4Request& request, const AwsCredentials& credentials,
                                  const SigV4Scope& scope, std::chrono::seconds lifetime) {
  const Signer signer(credentials, scope);
  const auto headers = canonical_headers(request, {});
  auto query = request.query;
  query.emplace_back("X-Amz-Algorithm", kAlgorithm);
  query.emplace_back("X-Amz-Credential", signer.credential());
  query.emplace_back("X-Amz-Date", signer.time());
  query.emplace_back("X-Amz-Expires", std::to_string(lifetime.count()));
  query.emplace_back("X-Amz-SignedHeaders", headers.signed_names);
  if (!credentials.session_token.empty()) {
    query.emplace_back("X-Amz-Security-Token", credentials.session_token.reveal());
  }
  const auto signed_query = sigv4_query(query);
  return signed_query + "&X-Amz-Signature=" + signer.signature(request, signed_query, headers);
}

std::string sigv4_query(const NamesAndValues& query) {
  NamesAndValues encoded;
  for (const auto& [name, value] : query)
    encoded.emplace_back(percent_encode(name), percent_encode(value));
  std::ranges::sort(encoded);
  std::string out;
  for (const auto& [name, value] : encoded) {
    if (!out.empty()) out += '&';
    out += fmt::format("{}={}", name, value);
  }
  return out;
}

}  // namespace calve
