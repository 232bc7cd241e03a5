#include "calve/storage/s3_error.h"

#include <fmt/format.h>

#include "calve/storage/xml.h"

namespace calve::storage {
namespace {

// What a server sends is quoted up to here.
constexpr std::size_t kQuotedBytesMax = 300;

XmlElement error_body(const HttpResponse& response) {
  return parse_xml(response.body).value_or(XmlElement{});
}

// The server's own words: a code and a sentence, as far as it gave them (an answer to HEAD has no body).
std::string words_of(const HttpResponse& response) {
  const auto body = error_body(response);
  auto words = fmt::format("HTTP {}", response.status);
  for (const auto* part : {"Code", "Message"}) {
    if (const auto text = body.child_text(part); !text.empty()) {
      words += fmt::format(" {}", text.substr(0, kQuotedBytesMax));
    }
  }
  return words;
}

Error access_error(const std::string& code, const HttpResponse& response, const S3Failure& failure) {
  std::string next_step =
      fmt::format("let these credentials do {} on bucket {}", failure.action, failure.bucket);
  if (code == "RequestTimeTooSkewed") {
    next_step = fmt::format("this machine's clock is off, it says {} and the server {}; set it by NTP",
                            format_rfc3339(failure.now), response.header("date").value_or("another time"));
  } else if (is_expired_keys(code)) {
    next_step = "the credentials have expired; renew them";
  } else if (code == "InvalidAccessKeyId" || code == "SignatureDoesNotMatch" || code == "InvalidToken") {
    next_step = "the server does not know these credentials; check the key, its secret and the token";
  }
  return {ErrorKind::kAccessDenied, fmt::format("access denied; {}: {}: {} '{}'", next_step,
                                                words_of(response), failure.action, failure.path)};
}

std::string region_in(const HttpResponse& response) {
  if (const auto header = response.header("x-amz-bucket-region")) return std::string(*header);
  return std::string(error_body(response).child_text("Region"));
}

ErrorKind kind_of(int status, const std::string& code) {
  if (code == "RequestTimeout") return ErrorKind::kUnavailable;
  if (code == "NoSuchBucket") return ErrorKind::kConfig;
  switch (status) {
    case 404:
      return ErrorKind::kNotFound;
    case 409:
    case 429:
    case 503:
      return ErrorKind::kUnavailable;
    case 412:
      return ErrorKind::kAlreadyExists;
    case 405:
    case 501:
      return ErrorKind::kUnsupported;
    default:
      return status >= 500 ? ErrorKind::kUnknownOutcome : ErrorKind::kConfig;
  }
}

std::string_view phrase_of(ErrorKind kind, const std::string& code) {
  if (code == "NoSuchBucket") return "no such bucket; create it or correct the warehouse's location";
  if (kind == ErrorKind::kNotFound) return "no such object";
  if (kind == ErrorKind::kAlreadyExists) return "the object exists already";
  if (kind == ErrorKind::kUnavailable) return "the store cannot serve this now, and has not; try again later";
  if (kind == ErrorKind::kUnsupported) return "the store does not know this call; use another one";
  if (kind == ErrorKind::kUnknownOutcome) return "the store failed, and may have done it";
  return "the store refuses the request";
}

}  // namespace

Error s3_error(const HttpResponse& response, const S3Failure& failure) {
  const auto code = s3_error_code(response);
  const bool is_credentials_code = is_expired_keys(code) || code == "InvalidToken";
  if (response.status == 401 || response.status == 403 || is_credentials_code) {
    return access_error(code, response, failure);
  }
  const auto region = region_in(response);
  if (response.status / 100 == 3 || (response.status == 400 && !region.empty())) {
    return {ErrorKind::kConfig, fmt::format("the bucket is elsewhere; set AWS_REGION to {}: {}: {} '{}'",
                                            region.empty() ? "its region" : region, words_of(response),
                                            failure.action, failure.path)};
  }
  const auto kind = kind_of(response.status, code);
  return {kind, fmt::format("{}: {}: {} '{}'", phrase_of(kind, code), words_of(response), failure.action,
                            failure.path)};
}

bool is_expired_keys(std::string_view code) {
  return code == "ExpiredToken" || code == "TokenRefreshRequired";
}

std::string s3_error_code(const HttpResponse& response) {
  return std::string(error_body(response).child_text("Code"));
}

}  // namespace calve::storage
