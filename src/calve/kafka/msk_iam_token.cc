#include "calve/kafka/msk_iam_token.h"

#include <vector>

#include <fmt/format.h>
#include <openssl/evp.h>

#include "calve/base/percent_encode.h"

namespace calve::kafka {
namespace {

constexpr std::string_view kService = "kafka-cluster";
constexpr std::string_view kAwsDomain = ".amazonaws.com";

std::string domain_of(std::string_view region) {
  return fmt::format("{}{}", kAwsDomain, region.starts_with("cn-") ? ".cn" : "");
}

// RFC 4648, section 5, without padding.
std::string base64url(std::string_view bytes) {
  std::vector<unsigned char> encoded((bytes.size() + 2) / 3 * 4 + 1);  // and a NUL
  const int length = ::EVP_EncodeBlock(encoded.data(), reinterpret_cast<const unsigned char*>(bytes.data()),
                                       static_cast<int>(bytes.size()));
  std::string text(reinterpret_cast<const char*>(encoded.data()), static_cast<std::size_t>(length));
  while (text.ends_with('='))
    text.pop_back();
  for (char& c : text) {
    if (c == '+') c = '-';
    if (c == '/') c = '_';
  }
  return text;
}

}  // namespace

MskIamToken make_msk_iam_token(const AwsCredentials& credentials, const MskIamTokenRequest& request) {
  const std::string host = fmt::format("kafka.{}{}", request.region, domain_of(request.region));
  const SigV4Request url{.method = "GET",
                         .host = host,
                         .path = "/",
                         .query = {{"Action", "kafka-cluster:Connect"}},
                         .payload_sha256 = std::string(kEmptyPayloadSha256)};
  const Timestamp second = std::chrono::floor<std::chrono::seconds>(request.now);  // as the signature says
  const std::string query = sigv4_presigned_query(
      url, credentials, {.region = request.region, .service = std::string(kService), .time = second},
      kMskIamTokenLifetime);
  return {.text = Secret(base64url(
              fmt::format("https://{}/?{}&User-Agent={}", host, query, percent_encode(request.user_agent)))),
          .expiry = second + kMskIamTokenLifetime};
}

std::string msk_region_of(std::string_view bootstrap_servers) {
  std::string_view host = bootstrap_servers.substr(0, bootstrap_servers.find_first_of(":,"));
  if (host.ends_with(".cn")) host.remove_suffix(3);
  if (!host.ends_with(kAwsDomain)) return "";
  host.remove_suffix(kAwsDomain.size());
  for (const std::string_view label : {".kafka.", ".kafka-serverless."}) {
    const std::size_t at = host.rfind(label);
    if (at != std::string_view::npos) return std::string(host.substr(at + label.size()));
  }
  return "";
}

}  // namespace calve::kafka
