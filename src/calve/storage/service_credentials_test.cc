#include "calve/storage/service_credentials.h"

#include <fstream>
#include <map>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "calve/base/uuid.h"
#include "calve/storage/aws_time.h"
#include "calve/storage/raw_server.h"
#include "calve/storage/store_under_test.h"

namespace calve::storage {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr auto kKeysJson =
    R"({"Code":"Success","AccessKeyId":"ASIA1","SecretAccessKey":"secret","Token":"session",)"
    R"("Expiration":"2026-11-24T13:02:07Z"})";
const AwsCredentials kKeys{"ASIA1", Secret("secret"), Secret("session")};
const auto kExpiry = parse_aws_time("2026-11-24T13:02:07Z");

Environment environment_of(std::map<std::string, std::string> values) {
  return [values = std::move(values)](const char* name) -> std::optional<std::string> {
    const auto at = values.find(name);
    return at == values.end() ? std::nullopt : std::optional(at->second);
  };
}

RawServer::Answer answer(int status, const std::string& body) {
  return {.bytes =
              fmt::format("HTTP/1.1 {} Status\r\nContent-Length: {}\r\n\r\n{}", status, body.size(), body)};
}

class TokenFile {
 public:
  explicit TokenFile(const std::string& text) { std::ofstream(path_) << text; }
  ~TokenFile() { std::remove(path_.c_str()); }
  const std::string& path() const { return path_; }

 private:
  const std::string path_ = testing::TempDir() + "calve-token-" + to_string(random_uuid());
};

TEST(AwsTimeTest, IsUtc) {
  EXPECT_EQ(parse_aws_time("2025-11-24T16:00:00Z"), timestamp_from_micros(1'764'000'000'000'000));
  EXPECT_EQ(parse_aws_time("2025-11-24T16:00:00.123Z"), timestamp_from_micros(1'764'000'000'000'000));
  EXPECT_EQ(parse_aws_time("2025-11-24T16:00:00+00:00"), timestamp_from_micros(1'764'000'000'000'000));
  for (const char* text :
       {"", "soon", "2025-11-24T16:00:00", "2025-11-24T16:00:00+01:00", "2025-11-24T16:00:00."})
    EXPECT_EQ(parse_aws_time(text), std::nullopt) << text;
}

TEST(WebIdentityTest, ATokenBuysARole) {
  const TokenFile token("ey/J+token\n");
  std::string asked;
  const RawServer server([&](const std::string& request) {
    asked = request;
    return answer(200,
                  "<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult><Credentials>"
                  "<AccessKeyId>ASIA1</AccessKeyId><SecretAccessKey>secret</SecretAccessKey>"
                  "<SessionToken>session</SessionToken><Expiration>2026-11-24T13:02:07Z</Expiration>"
                  "</Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>");
  });
  const auto found = web_identity_credentials(environment_of({{"AWS_WEB_IDENTITY_TOKEN_FILE", token.path()},
                                                              {"AWS_ROLE_ARN", "arn:aws:iam::1:role/r"},
                                                              {"AWS_ENDPOINT_URL_STS", server.url()}}))
                         ->find();
  ASSERT_TRUE(found && *found) << found.error().message;
  EXPECT_EQ((*found)->credentials, kKeys);
  EXPECT_EQ((*found)->expiry, kExpiry);
  EXPECT_THAT(asked, HasSubstr("Action=AssumeRoleWithWebIdentity&Version=2011-06-15"
                               "&RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fr&RoleSessionName=calve"
                               "&WebIdentityToken=ey%2FJ%2Btoken"));
}

TEST(WebIdentityTest, WhatIsWrongIsTold) {
  EXPECT_EQ(web_identity_credentials(environment_of({{"AWS_ROLE_ARN", "r"}}))->find()->has_value(), false);
  const TokenFile token("canary");
  const RawServer server([](const std::string&) {
    return answer(
        403, "<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>");
  });
  std::map<std::string, std::string> values = {{"AWS_WEB_IDENTITY_TOKEN_FILE", token.path()},
                                               {"AWS_ROLE_ARN", "r"},
                                               {"AWS_ENDPOINT_URL", server.url()}};
  const auto refused = web_identity_credentials(environment_of(values))->find();
  ASSERT_EQ(error_kind(refused), ErrorKind::kAccessDenied);
  EXPECT_THAT(refused.error().message, AllOf(HasSubstr("AccessDenied no"), Not(HasSubstr("canary"))));
  values["AWS_WEB_IDENTITY_TOKEN_FILE"] = "/no/such/file";
  EXPECT_EQ(error_kind(web_identity_credentials(environment_of(values))->find()), ErrorKind::kConfig);
}

TEST(ContainerCredentialsTest, TheAgentIsAskedWithItsToken) {
  std::string asked;
  const RawServer server([&](const std::string& request) {
    asked = request;
    return answer(200, kKeysJson);
  });
  const TokenFile token("from-file\n");
  const std::map<std::string, std::string> by_variable = {
      {"AWS_CONTAINER_CREDENTIALS_FULL_URI", server.url() + "/role"},
      {"AWS_CONTAINER_AUTHORIZATION_TOKEN", "from-variable"}};
  std::map<std::string, std::string> by_file = by_variable;
  by_file["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] = token.path();
  for (const auto& [values, authorization] :
       {std::pair(by_variable, "from-variable"), std::pair(by_file, "from-file")}) {
    const auto found = container_credentials(environment_of(values))->find();
    ASSERT_TRUE(found && *found) << found.error().message;
    EXPECT_EQ((*found)->credentials, kKeys);
    EXPECT_EQ((*found)->expiry, kExpiry);
    EXPECT_THAT(asked, AllOf(HasSubstr("GET /role "),
                             HasSubstr(fmt::format("Authorization: {}\r\n", authorization))));
  }
}

TEST(ContainerCredentialsTest, TheTokenStaysOnThisMachine) {
  EXPECT_EQ(container_credentials(environment_of({}))->find()->has_value(), false);
  for (const char* url : {"http://evil.example.com/", "http://127.0.0.1.evil.com/",
                          "http://169.254.170.2.evil.com", "ftp://localhost/"}) {
    const auto found =
        container_credentials(environment_of({{"AWS_CONTAINER_CREDENTIALS_FULL_URI", url}}))->find();
    EXPECT_EQ(error_kind(found), ErrorKind::kConfig) << url;
  }
}

TEST(ContainerCredentialsTest, AnAgentThatCannotNowMayLater) {
  for (const auto& [status, kind] :
       {std::pair(500, ErrorKind::kUnavailable), std::pair(429, ErrorKind::kUnavailable),
        std::pair(404, ErrorKind::kAccessDenied)}) {
    const RawServer server([status = status](const std::string&) { return answer(status, "canary"); });
    const auto found =
        container_credentials(environment_of({{"AWS_CONTAINER_CREDENTIALS_FULL_URI", server.url()}}))->find();
    ASSERT_EQ(error_kind(found), kind) << status;
    EXPECT_THAT(found.error().message, Not(HasSubstr("canary")));
  }
}

TEST(InstanceCredentialsTest, AreThoseOfTheRole) {
  std::vector<std::string> asked;
  const RawServer server([&](const std::string& request) {
    asked.push_back(request);
    if (request.starts_with("PUT /latest/api/token ")) return answer(200, "session-of-imds");
    if (request.find("x-aws-ec2-metadata-token: session-of-imds") == std::string::npos &&
        request.find("X-aws-ec2-metadata-token: session-of-imds") == std::string::npos)
      return answer(401, "");
    if (request.starts_with("GET /latest/meta-data/iam/security-credentials/ "))
      return answer(200, "the-role\n");
    if (request.starts_with("GET /latest/meta-data/iam/security-credentials/the-role "))
      return answer(200, kKeysJson);
    return answer(404, "");
  });
  const auto found =
      instance_credentials(environment_of({{"AWS_EC2_METADATA_SERVICE_ENDPOINT", server.url()}}))->find();
  ASSERT_TRUE(found && *found) << found.error().message;
  EXPECT_EQ((*found)->credentials, kKeys);
  EXPECT_EQ((*found)->expiry, kExpiry);
  // Managed Flink answers to no other paths.
  EXPECT_EQ(asked.size(), 3U);
}

TEST(InstanceCredentialsTest, AMachineWithoutTheServiceOrARoleHasNone) {
  const RawServer no_role([](const std::string& request) {
    return request.starts_with("PUT") ? answer(200, "t") : answer(404, "");
  });
  const RawServer forbidden([](const std::string&) { return answer(403, ""); });
  for (const auto& endpoint : {no_role.url(), forbidden.url(), std::string("http://127.0.0.1:1")}) {
    const auto found =
        instance_credentials(environment_of({{"AWS_EC2_METADATA_SERVICE_ENDPOINT", endpoint}}))->find();
    ASSERT_TRUE(found) << found.error().message;
    EXPECT_FALSE(found->has_value()) << endpoint;
  }
  EXPECT_FALSE(instance_credentials(environment_of({{"AWS_EC2_METADATA_DISABLED", "true"},
                                                    {"AWS_EC2_METADATA_SERVICE_ENDPOINT", no_role.url()}}))
                   ->find()
                   ->has_value());
}

}  // namespace
}  // namespace calve::storage
