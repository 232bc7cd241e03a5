#include "calve/storage/service_credentials.h"

#include <array>
#include <fstream>
#include <iterator>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "calve/base/percent_encode.h"
#include "calve/storage/aws_time.h"
#include "calve/storage/http.h"
#include "calve/storage/xml.h"

namespace calve::storage {
namespace {

using Found = Result<std::optional<FoundCredentials>>;

constexpr int kOk = 200;
constexpr int kNotFound = 404;
constexpr std::int64_t kAnswerBytesMax = std::int64_t{64} << 10;
constexpr std::size_t kQuotedBytesMax = 200;

HttpOptions http_options(Milliseconds connect_max) {
  return {.connect_timeout = connect_max,
          .request_timeout = Milliseconds(10'000),
          .stall_timeout = Milliseconds(5'000),
          .response_bytes_max = kAnswerBytesMax};
}

Result<std::string> read_token_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r'))
    text.pop_back();
  if (!text.empty()) return text;
  return fail(ErrorKind::kConfig,
              fmt::format("The token file of the AWS role is missing or empty; check the mount: {}", path));
}

// Repeating cannot harm: nothing is changed by asking.
Result<HttpResponse> ask(HttpClient& http, const HttpRequest& request) {
  auto response = http.send(request);
  if (!response && response.error().kind == ErrorKind::kUnknownOutcome) {
    response.error().kind = ErrorKind::kUnavailable;
  }
  return response;
}

// The body is left out: it may hold keys.
Error refusal(std::string_view who, int status) {
  const bool may_pass = status == 429 || status >= 500;
  return {may_pass ? ErrorKind::kUnavailable : ErrorKind::kAccessDenied,
          fmt::format("{} gives no AWS keys; check the role that it is to give: HTTP {}", who, status)};
}

std::string text_of(const nlohmann::json& object, const char* name) {
  const auto member = object.is_object() ? object.find(name) : object.end();
  return member != object.end() && member->is_string() ? member->get<std::string>() : "";
}

// {"AccessKeyId": ..., "SecretAccessKey": ..., "Token": ..., "Expiration": ...}
Found keys_in_json(std::string_view who, const std::string& body) {
  const auto json = nlohmann::json::parse(body, nullptr, /*allow_exceptions=*/false);
  const std::string key_id = text_of(json, "AccessKeyId");
  const std::string secret = text_of(json, "SecretAccessKey");
  if (key_id.empty() || secret.empty()) {
    return fail(ErrorKind::kInvalidData, fmt::format("The answer holds no AWS keys: {}", who));
  }
  return FoundCredentials{.credentials = {key_id, Secret(secret), Secret(text_of(json, "Token"))},
                          .expiry = parse_aws_time(text_of(json, "Expiration"))};
}

class WebIdentityCredentials final : public CredentialsSource {
 public:
  explicit WebIdentityCredentials(Environment environment) : environment_(std::move(environment)) {}

  std::string name() const override { return "the web identity (AWS_WEB_IDENTITY_TOKEN_FILE)"; }

  Found find() override {
    const auto token_file = environment_("AWS_WEB_IDENTITY_TOKEN_FILE");
    const auto role = environment_("AWS_ROLE_ARN");
    if (!token_file || !role) return std::nullopt;
    const std::string token = CALVE_TRY(read_token_file(*token_file));
    const std::string session = environment_("AWS_ROLE_SESSION_NAME").value_or("calve");
    const std::string body = fmt::format(
        "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn={}&RoleSessionName={}"
        "&WebIdentityToken={}",
        percent_encode(*role), percent_encode(session), percent_encode(token));
    const auto response =
        CALVE_TRY(ask(http_, {.method = "POST",
                              .url = endpoint() + "/",
                              .headers = {{"Content-Type", "application/x-www-form-urlencoded"}},
                              .body = body,
                              .resend = Resend::kAllowed}));
    if (response.status != kOk) return std::unexpected(refused(response));
    return keys_in(response.body);
  }

 private:
  std::string endpoint() const {
    for (const char* name : {"AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL"}) {
      if (const auto endpoint = environment_(name)) return *endpoint;
    }
    auto region = environment_("AWS_REGION");
    if (!region) region = environment_("AWS_DEFAULT_REGION");
    const std::string name = region.value_or("us-east-1");
    return fmt::format("https://sts.{}.amazonaws.com{}", name, name.starts_with("cn-") ? ".cn" : "");
  }

  static Error refused(const HttpResponse& response) {
    Error error = refusal("AWS STS", response.status);
    const auto root = parse_xml(response.body);
    const XmlElement* fault = root ? root->child("Error") : nullptr;
    if (fault != nullptr) {
      error.message += fmt::format(" {} {}", fault->child_text("Code"),
                                   fault->child_text("Message").substr(0, kQuotedBytesMax));
    }
    return error;
  }

  static Found keys_in(const std::string& body) {
    const auto root = CALVE_TRY(parse_xml(body));
    const XmlElement* result = root.child("AssumeRoleWithWebIdentityResult");
    const XmlElement* keys = result == nullptr ? nullptr : result->child("Credentials");
    if (keys == nullptr || keys->child_text("AccessKeyId").empty()) {
      return fail(ErrorKind::kInvalidData, "The answer of AWS STS holds no keys; check AWS_ENDPOINT_URL_STS");
    }
    return FoundCredentials{.credentials = {std::string(keys->child_text("AccessKeyId")),
                                            Secret(std::string(keys->child_text("SecretAccessKey"))),
                                            Secret(std::string(keys->child_text("SessionToken")))},
                            .expiry = parse_aws_time(std::string(keys->child_text("Expiration")))};
  }

  const Environment environment_;
  HttpClient http_{http_options(Milliseconds(5'000))};
};

class ContainerCredentials final : public CredentialsSource {
 public:
  explicit ContainerCredentials(Environment environment) : environment_(std::move(environment)) {}

  std::string name() const override { return "the container (AWS_CONTAINER_CREDENTIALS_...)"; }

  Found find() override {
    const auto url = CALVE_TRY(address());
    if (!url) return std::nullopt;
    HttpHeaders headers = {{"Accept", "application/json"}};
    if (const auto token = CALVE_TRY(authorization())) headers.emplace_back("Authorization", *token);
    const auto response =
        CALVE_TRY(ask(http_, {.method = "GET", .url = *url, .headers = headers, .resend = Resend::kAllowed}));
    if (response.status != kOk) return std::unexpected(refusal("The container's agent", response.status));
    return keys_in_json("the container's agent", response.body);
  }

 private:
  Result<std::optional<std::string>> address() const {
    if (const auto path = environment_("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI")) {
      return "http://169.254.170.2" + *path;
    }
    const auto url = environment_("AWS_CONTAINER_CREDENTIALS_FULL_URI");
    if (!url) return std::nullopt;
    constexpr std::array<std::string_view, 6> kOnThisMachine = {
        "http://127.0.0.1",     "http://localhost",      "http://[::1]",
        "http://169.254.170.2", "http://169.254.170.23", "http://[fd00:ec2::23]"};
    if (url->starts_with("https://")) return *url;
    for (const std::string_view beginning : kOnThisMachine) {
      const bool begins_so = url->starts_with(beginning);
      if (begins_so &&
          (url->size() == beginning.size() || std::string_view(":/").contains((*url)[beginning.size()])))
        return *url;
    }
    return fail(ErrorKind::kConfig,
                fmt::format("AWS_CONTAINER_CREDENTIALS_FULL_URI would take the token off this machine in "
                            "plain text; use https or the agent's own address: {}",
                            *url));
  }

  Result<std::optional<std::string>> authorization() const {
    if (const auto file = environment_("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE")) {
      return CALVE_TRY(read_token_file(*file));
    }
    return environment_("AWS_CONTAINER_AUTHORIZATION_TOKEN");
  }

  const Environment environment_;
  HttpClient http_{http_options(Milliseconds(2'000))};
};

class InstanceCredentials final : public CredentialsSource {
 public:
  explicit InstanceCredentials(Environment environment) : environment_(std::move(environment)) {}

  std::string name() const override { return "the EC2 instance (IMDSv2)"; }

  Found find() override {
    if (environment_("AWS_EC2_METADATA_DISABLED").value_or("") == "true") return std::nullopt;
    const auto token = http_.send({.method = "PUT",
                                   .url = base() + "/latest/api/token",
                                   .headers = {{"X-aws-ec2-metadata-token-ttl-seconds", "300"}}});
    // No such service: not an EC2 instance, or one whose administrator hides it from containers.
    if (!token || token->status != kOk) return std::nullopt;
    const HttpHeaders headers = {{"X-aws-ec2-metadata-token", token->body}};
    const std::string roles = base() + "/latest/meta-data/iam/security-credentials/";
    const auto list = CALVE_TRY(ask(http_, {.method = "GET", .url = roles, .headers = headers}));
    if (list.status == kNotFound) return std::nullopt;  // an instance without a role
    if (list.status != kOk) return std::unexpected(refusal("The instance's metadata service", list.status));
    const std::string role = list.body.substr(0, list.body.find_first_of("\r\n"));
    const auto keys =
        CALVE_TRY(ask(http_, {.method = "GET", .url = roles + percent_encode(role), .headers = headers}));
    if (keys.status != kOk) return std::unexpected(refusal("The instance's metadata service", keys.status));
    return keys_in_json("the instance's metadata service", keys.body);
  }

 private:
  std::string base() const {
    return environment_("AWS_EC2_METADATA_SERVICE_ENDPOINT").value_or("http://169.254.169.254");
  }

  const Environment environment_;
  HttpClient http_{http_options(kInstanceConnectMax)};
};

}  // namespace

std::unique_ptr<CredentialsSource> web_identity_credentials(Environment environment) {
  return std::make_unique<WebIdentityCredentials>(std::move(environment));
}

std::unique_ptr<CredentialsSource> container_credentials(Environment environment) {
  return std::make_unique<ContainerCredentials>(std::move(environment));
}

std::unique_ptr<CredentialsSource> instance_credentials(Environment environment) {
  return std::make_unique<InstanceCredentials>(std::move(environment));
}

}  // namespace calve::storage
