#include "calve/catalog/rest_auth.h"

#include <memory>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "calve/base/sha256.h"
#include "calve/catalog/fake_rest_server.h"
#include "calve/catalog/rest_catalog.h"
#include "calve/storage/store_under_test.h"

namespace calve::catalog {
namespace {

using storage::error_kind;
using testing::HasSubstr;
using testing::Not;

const std::string kTokens = "POST /v1/oauth/tokens ";
const std::string kConfigRequest = "GET /v1/config ";
const std::string kCreate = "POST /v1/namespaces/a/tables ";

class TurnedClock final : public Clock {
 public:
  Timestamp now() const override { return now_; }
  std::chrono::steady_clock::time_point steady_now() const override {
    return std::chrono::steady_clock::now();
  }
  void turn(std::chrono::seconds by) { now_ += by; }

 private:
  Timestamp now_ = timestamp_from_micros(1'790'000'000'000'000);
};

class RestAuthTest : public testing::Test {
 protected:
  RestOptions options(RestAuthOptions auth) const {
    return {.uri = server_.url(),
            .auth = std::move(auth),
            .retry = {.attempts_max = 2, .first_delay = Milliseconds(0), .delay_max = Milliseconds(1)},
            .clock = &clock_};
  }

  Result<std::unique_ptr<RestCatalog>> connect(RestAuthOptions auth) const {
    return RestCatalog::connect(options(std::move(auth)));
  }

  static SwapOutcome create_table(RestCatalog& catalog) {
    return catalog.create(
        {{"a"}, "t"},
        {.schema = {.fields = {{.id = FieldId(1), .name = "n", .type = iceberg::PrimitiveKind::kLong}}}});
  }

  FakeRestServer server_{{.token = "token-1"}};
  TurnedClock clock_;
};

TEST_F(RestAuthTest, ATokenIsShownOrAccessDenied) {
  EXPECT_TRUE(connect({.token = Secret("token-1")}));
  EXPECT_EQ(error_kind(connect({.token = Secret("another")})), ErrorKind::kAccessDenied);
  EXPECT_EQ(error_kind(connect({})), ErrorKind::kAccessDenied);
  EXPECT_EQ(server_.count(kTokens), 0);
}

TEST_F(RestAuthTest, ACredentialBuysOneToken) {
  ASSERT_TRUE(connect({.credential = Secret("me:a b&c"), .scope = "PRINCIPAL_ROLE:ALL"}));
  ASSERT_EQ(server_.count(kTokens), 1);
  EXPECT_THAT(server_.requests().front(), HasSubstr("grant_type=client_credentials&client_id=me"
                                                    "&client_secret=a%20b%26c&scope=PRINCIPAL_ROLE%3AALL"));
  EXPECT_THAT(server_.requests().front(), Not(HasSubstr("Bearer")));
}

TEST_F(RestAuthTest, ASecretAloneIsACredential) {
  ASSERT_TRUE(connect({.credential = Secret("only"), .scope = ""}));
  EXPECT_TRUE(server_.requests().front().ends_with("\r\ngrant_type=client_credentials&client_secret=only"));
}

TEST_F(RestAuthTest, AnotherTokenIsBoughtBeforeTheOneExpires) {
  const auto catalog = *connect({.credential = Secret("me:secret")});
  clock_.turn(std::chrono::seconds(3'500));
  EXPECT_EQ(error_kind(catalog->load({{"a"}, "t"})), ErrorKind::kNotFound);
  EXPECT_EQ(server_.count(kTokens), 1);
  clock_.turn(std::chrono::seconds(50));
  EXPECT_EQ(error_kind(catalog->load({{"a"}, "t"})), ErrorKind::kNotFound);
  EXPECT_EQ(server_.count(kTokens), 2);
}

TEST_F(RestAuthTest, ARefusedTokenIsReplacedAndTheRequestSentAgain) {
  for (const int status : {401, 419}) {
    const auto catalog = *connect({.credential = Secret("me:secret")});
    const int bought = server_.count(kTokens);
    server_.spoil({.request = kCreate, .effect = AnswerStatus{.status = status}});
    create_table(*catalog);
    EXPECT_EQ(server_.count(kTokens), bought + 1) << status;
  }
  EXPECT_EQ(server_.count(kCreate), 4);

  server_.set_token("token-2");
  EXPECT_TRUE(connect({.token = Secret("token-1"), .credential = Secret("me:secret")}));
}

TEST_F(RestAuthTest, ARequestIsNotSentAThirdTime) {
  const auto catalog = *connect({.credential = Secret("me:secret")});
  server_.spoil({.request = kCreate, .effect = AnswerStatus{.status = 419}, .times = 100});
  const auto outcome = create_table(*catalog);
  ASSERT_TRUE(std::holds_alternative<NotApplied>(outcome));
  EXPECT_EQ(std::get<NotApplied>(outcome).why.kind, ErrorKind::kAccessDenied);
  EXPECT_EQ(server_.count(kCreate), 2);
}

TEST_F(RestAuthTest, TheTokenServersWordsAreHeardButNotRepeated) {
  struct Case {
    AnswerStatus answer;
    ErrorKind kind;
    std::string quoted;
  };
  for (const auto& [answer, kind, quoted] : std::vector<Case>{
           {{.status = 400, .body = R"({"error":"invalid_client","error_description":"not canary"})"},
            ErrorKind::kAccessDenied,
            "HTTP 400 invalid_client"},
           {{.status = 401, .body = R"({"error":"canary!"})"}, ErrorKind::kAccessDenied, "HTTP 401:"},
           {{.status = 404, .body = "canary"}, ErrorKind::kConfig, "HTTP 404:"},
           {{.status = 307, .body = "canary"}, ErrorKind::kConfig, "HTTP 307:"},
           {{.status = 503, .body = "canary"}, ErrorKind::kUnavailable, "HTTP 503:"},
           {{.status = 200, .body = R"({"token":"canary"})"}, ErrorKind::kInvalidData, "is no token"}}) {
    FakeRestServer server;
    server.spoil({.request = kTokens, .effect = answer, .times = 2});
    RestOptions own = options({.credential = Secret("me:canary")});
    own.uri = server.url();
    const auto catalog = RestCatalog::connect(own);
    ASSERT_EQ(error_kind(catalog), kind) << answer.body;
    EXPECT_THAT(catalog.error().message, HasSubstr(quoted));
    EXPECT_THAT(catalog.error().message, Not(HasSubstr("canary")));
  }
}

TEST_F(RestAuthTest, ASecretThatTheCatalogSendsBackIsNotShown) {
  server_.set_token("canary-token");
  server_.spoil({.request = kConfigRequest,
                 .effect = AnswerStatus{
                     .status = 403, .body = R"({"error":{"message":"no: Bearer canary-token, canary-secret",
                                                    "type":"Forbidden","code":403}})"}});
  const auto catalog = connect({.token = Secret("canary-token"), .credential = Secret("me:canary-secret")});
  ASSERT_EQ(error_kind(catalog), ErrorKind::kAccessDenied);
  EXPECT_THAT(catalog.error().message, HasSubstr("Forbidden no: Bearer ***, ***"));
  EXPECT_THAT(catalog.error().message, Not(HasSubstr("canary")));
}

TEST_F(RestAuthTest, ASignatureIsOfTheWholeRequest) {
  server_.set_token("");
  const AwsCredentials keys{
      .access_key_id = "AKID", .secret_access_key = Secret("secret"), .session_token = Secret("session")};
  const auto catalog = *connect(
      {.signing = RestSigning{
           .service = "glue", .region = "eu-west-1", .credentials = storage::fixed_credentials(keys)}});
  ASSERT_TRUE(std::holds_alternative<Applied>(create_table(*catalog)));

  const std::string request = server_.requests().back();
  ASSERT_TRUE(request.starts_with(kCreate)) << request;
  const std::string body = request.substr(request.find("\r\n\r\n") + 4);
  SigV4Request same{.method = "POST",
                    .host = server_.url().substr(std::string("http://").size()),
                    .path = "/v1/namespaces/a/tables",
                    .payload_sha256 = hex(sha256(body))};
  same.headers = {{"x-amz-content-sha256", same.payload_sha256}};
  for (const auto& [name, value] :
       sigv4_headers(same, keys, {.region = "eu-west-1", .service = "glue", .time = clock_.now()})) {
    EXPECT_THAT(request, HasSubstr(name + ": " + value + "\r\n"));
  }
}

TEST_F(RestAuthTest, OneWayAtATime) {
  const RestSigning signing{
      .service = "glue", .region = "us-east-1", .credentials = storage::fixed_credentials({})};
  EXPECT_EQ(error_kind(connect({.signing = signing, .token = Secret("token-1")})), ErrorKind::kConfig);
  EXPECT_EQ(error_kind(connect({.signing = signing, .credential = Secret("me:x")})), ErrorKind::kConfig);
}

}  // namespace
}  // namespace calve::catalog
