#include "calve/kafka/msk_iam_token.h"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace calve::kafka {
namespace {

// msk_iam_vectors.py made them with AWS's own signer for Python.
TEST(MskIamTokenTest, IsWhatAwssOwnSignerMakes) {
  std::ifstream file(CALVE_SOURCE_DIR "/src/calve/kafka/msk_iam_vectors.json");
  const auto json = nlohmann::json::parse(file);
  const std::string user_agent = json.at("user_agent");
  ASSERT_GE(json.at("vectors").size(), 30U);
  for (const auto& vector : json.at("vectors")) {
    const AwsCredentials credentials{vector.at("access_key_id"), Secret(vector.at("secret_access_key")),
                                     Secret(vector.at("session_token"))};
    const Timestamp time(std::chrono::seconds(vector.at("time_s").get<std::int64_t>()));
    const MskIamToken token = make_msk_iam_token(
        credentials,
        {.region = vector.at("region"), .now = time + Microseconds(999'999), .user_agent = user_agent});
    EXPECT_EQ(token.text.reveal(), vector.at("token")) << vector;
    EXPECT_EQ(to_millis(token.expiry), vector.at("expiry_ms")) << vector;
  }
}

TEST(MskRegionTest, IsInTheBrokersName) {
  const std::pair<const char*, const char*> cases[] = {
      {"b-1.orders.x1y2z3.c4.kafka.us-east-1.amazonaws.com:9098", "us-east-1"},
      {"b-2-public.o.x.c2.kafka.eu-central-1.amazonaws.com:9198,b-1-public.o.x", "eu-central-1"},
      {"boot-abc.c1.kafka-serverless.ap-south-1.amazonaws.com:9098", "ap-south-1"},
      {"b-1.o.x.c2.kafka.cn-north-1.amazonaws.com.cn:9098", "cn-north-1"},
      {"localhost:9092", ""},
      {"kafka.example.com:9092", ""},
      {"b-1.kafka.us-east-1.amazonaws.com.evil.com:9098", ""},
      {"", ""},
  };
  for (const auto& [servers, region] : cases)
    EXPECT_EQ(msk_region_of(servers), region) << servers;
}

}  // namespace
}  // namespace calve::kafka
