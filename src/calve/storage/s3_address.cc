#include "calve/storage/s3_address.h"

#include <fmt/format.h>

#include "calve/base/percent_encode.h"

namespace calve::storage {
namespace {

constexpr std::string_view kHostCharacters =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:[]_";

std::string aws_host(const std::string& region) {
  return fmt::format("s3.{}.amazonaws.com{}", region, region.starts_with("cn-") ? ".cn" : "");
}

bool is_aws_host(std::string_view host) {
  host = host.substr(0, host.find(':'));
  return host.ends_with(".amazonaws.com") || host.ends_with(".amazonaws.com.cn");
}

bool is_link_local(std::string_view host) {
  return host.starts_with("169.254.") || host.starts_with("[fe80:") || host.starts_with("[fd00:ec2:");
}

}  // namespace

Result<S3Endpoint> S3Endpoint::create(const S3Options& options) {
  S3Endpoint endpoint;
  if (options.region.empty() ||
      options.region.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") != std::string::npos) {
    return fail(
        ErrorKind::kConfig,
        fmt::format("not the name of a region; set AWS_REGION, as in us-east-1: '{}'", options.region));
  }
  if (options.endpoint.empty()) {
    endpoint.scheme_ = "https";
    endpoint.host_ = aws_host(options.region);
  } else {
    const std::string_view text = options.endpoint;
    const auto separator = text.find("://");
    endpoint.scheme_ = text.substr(0, separator);
    if (separator != std::string_view::npos) endpoint.host_ = text.substr(separator + 3);
    if (endpoint.host_.ends_with('/')) endpoint.host_.pop_back();
  }
  if ((endpoint.scheme_ != "http" && endpoint.scheme_ != "https") || endpoint.host_.empty() ||
      endpoint.host_.find_first_not_of(kHostCharacters) != std::string::npos ||
      is_link_local(endpoint.host_)) {
    return fail(
        ErrorKind::kConfig,
        fmt::format("not an endpoint of S3; write http://host:port or https://host: '{}'", options.endpoint));
  }
  switch (options.addressing) {
    case S3Addressing::kByEndpoint:
      endpoint.is_virtual_hosted_ = is_aws_host(endpoint.host_);
      break;
    case S3Addressing::kPath:
      endpoint.is_virtual_hosted_ = false;
      break;
    case S3Addressing::kVirtualHosted:
      endpoint.is_virtual_hosted_ = true;
      break;
  }
  return endpoint;
}

S3Address S3Endpoint::address(const std::string& bucket, const std::string& key) const {
  const auto encoded_key = percent_encode_path(key);
  // A dot in the bucket's name would leave the wildcard of the server's certificate.
  if (is_virtual_hosted_ && bucket.find('.') == std::string::npos) {
    return {scheme_, bucket + "." + host_, "/" + encoded_key};
  }
  return {scheme_, host_, encoded_key.empty() ? "/" + bucket : "/" + bucket + "/" + encoded_key};
}

bool S3Endpoint::is_aws() const {
  return is_aws_host(host_);
}

}  // namespace calve::storage
