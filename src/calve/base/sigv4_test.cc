#include "calve/base/sigv4.h"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "calve/base/percent_encode.h"
#include "calve/base/sha256.h"

namespace calve {
namespace {

using testing::EndsWith;
using testing::HasSubstr;

TEST(Sha256Test, KnownDigests) {
  EXPECT_EQ(hex(sha256("")), kEmptyPayloadSha256);
  EXPECT_EQ(hex(sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  // RFC 4231, test case 2.
  const std::string key = "Jefe";
  EXPECT_EQ(hex(hmac_sha256({reinterpret_cast<const std::uint8_t*>(key.data()), key.size()},
                            "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST(PercentEncodeTest, EncodesAllButUnreservedBytes) {
  EXPECT_EQ(percent_encode("aZ09-._~ /+%\xC3\xA9"), "aZ09-._~%20%2F%2B%25%C3%A9");
  EXPECT_EQ(percent_encode_path("/a b/c=d"), "/a%20b/c%3Dd");
  EXPECT_EQ(percent_decode("a%20b+%c3%A9"), "a b+\xC3\xA9");
  for (const char* text : {"%", "%2", "%zz", "a%2", "%+1", "% 1"})
    EXPECT_EQ(percent_decode(text), std::nullopt) << text;
}

std::string signature_in(const NamesAndValues& headers) {
  const auto& authorization = headers.back().second;
  return authorization.substr(authorization.find("Signature=") + 10);
}

// The examples of the Amazon S3 API Reference, "Signature Calculations for the Authorization Header"
// and "Authenticating Requests: Using Query Parameters".
class S3DocumentationTest : public testing::Test {
 protected:
  const AwsCredentials credentials_{
      "AKIAIOSFODNN7EXAMPLE", Secret("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"), {}};
  const SigV4Scope scope_{"us-east-1", "s3", timestamp_from_micros(1'369'353'600'000'000)};
  const std::string host_ = "examplebucket.s3.amazonaws.com";
};

TEST_F(S3DocumentationTest, GetObject) {
  const std::string empty(kEmptyPayloadSha256);
  EXPECT_EQ(signature_in(sigv4_headers({.method = "GET",
                                        .host = host_,
                                        .path = "/test.txt",
                                        .headers = {{"Range", "bytes=0-9"}, {"x-amz-content-sha256", empty}},
                                        .payload_sha256 = empty},
                                       credentials_, scope_)),
            "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
}

TEST_F(S3DocumentationTest, PutObject) {
  const auto payload = hex(sha256("Welcome to Amazon S3."));
  EXPECT_EQ(signature_in(sigv4_headers({.method = "PUT",
                                        .host = host_,
                                        .path = "/test%24file.text",
                                        .headers = {{"Date", "Fri, 24 May 2013 00:00:00 GMT"},
                                                    {"x-amz-content-sha256", payload},
                                                    {"x-amz-storage-class", "REDUCED_REDUNDANCY"}},
                                        .payload_sha256 = payload},
                                       credentials_, scope_)),
            "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd");
}

TEST_F(S3DocumentationTest, PresignedGet) {
  EXPECT_THAT(sigv4_presigned_query({.method = "GET",
                                     .host = host_,
                                     .path = "/test.txt",
                                     .payload_sha256 = std::string(kUnsignedPayload)},
                                    credentials_, scope_, std::chrono::seconds(86'400)),
              EndsWith("X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"));
}

// "get-vanilla" of the AWS Signature Version 4 test suite.
TEST(SigV4Test, GetVanilla) {
  const auto headers = sigv4_headers({.method = "GET",
                                      .host = "example.amazonaws.com",
                                      .path = "/",
                                      .payload_sha256 = std::string(kEmptyPayloadSha256)},
                                     {"AKIDEXAMPLE", Secret("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"), {}},
                                     {"us-east-1", "service", timestamp_from_micros(1'440'938'160'000'000)});
  EXPECT_EQ(headers, (NamesAndValues{
                         {"x-amz-date", "20150830T123600Z"},
                         {"authorization",
                          "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
                          "SignedHeaders=host;x-amz-date, "
                          "Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"}}));
}

NamesAndValues pairs(const nlohmann::json& list) {
  NamesAndValues out;
  for (const auto& pair : list)
    out.emplace_back(pair[0], pair[1]);
  return out;
}

TEST(SigV4Test, SignsAsBotocoreDoes) {
  std::ifstream file(CALVE_SOURCE_DIR "/src/calve/base/sigv4_vectors.json");
  const auto vectors = nlohmann::json::parse(file).at("vectors");
  ASSERT_GE(vectors.size(), 9u);
  for (const auto& vector : vectors) {
    const AwsCredentials credentials{vector.at("access_key_id"),
                                     Secret(vector.at("secret_access_key").get<std::string>()),
                                     Secret(vector.at("session_token").get<std::string>())};
    const SigV4Scope scope{vector.at("region"), vector.at("service"),
                           timestamp_from_micros(vector.at("time_s").get<std::int64_t>() * 1'000'000)};
    const SigV4Request request{.method = vector.at("method"),
                               .host = vector.at("host"),
                               .path = vector.at("path"),
                               .query = pairs(vector.at("query")),
                               .headers = pairs(vector.at("headers")),
                               .payload_sha256 = hex(sha256(vector.at("body").get<std::string>()))};
    const std::chrono::seconds lifetime(vector.at("presigned_for_s").get<int>());
    const std::string signature = vector.at("signature");
    if (lifetime.count() > 0) {
      EXPECT_THAT(sigv4_presigned_query(request, credentials, scope, lifetime), EndsWith("=" + signature))
          << vector;
    } else {
      const auto headers = sigv4_headers(request, credentials, scope);
      EXPECT_EQ(signature_in(headers), signature) << vector;
      EXPECT_THAT(headers.back().second,
                  HasSubstr("SignedHeaders=" + vector.at("signed_headers").get<std::string>() + ","))
          << vector;
    }
  }
}

}  // namespace
}  // namespace calve
