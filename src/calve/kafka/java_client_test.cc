#include "calve/kafka/java_client.h"

#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace calve::kafka {
namespace {

using testing::HasSubstr;

Properties java(const Properties& given) {
  const auto config = parse_client_config(given);
  EXPECT_TRUE(config) << config.error().message;
  const auto properties = java_client_properties(*config);
  EXPECT_TRUE(properties) << properties.error().message;
  return properties.value_or(Properties{});
}

TEST(JavaClientTest, ReachesTheSameBrokersInTheSameWay) {
  struct Case {
    Properties given;
    Properties java;  // beside what every one has
  };
  const std::vector<Case> cases = {
      {{{"bootstrap.servers", "b:9092"}}, {{"bootstrap.servers", "b:9092"}}},
      {{{"security.protocol", "SASL_SSL"},
        {"sasl.mechanism", "SCRAM-SHA-512"},
        {"sasl.username", "me"},
        {"sasl.password", R"(a"b\c)"}},
       {{"security.protocol", "SASL_SSL"},
        {"sasl.mechanism", "SCRAM-SHA-512"},
        {"sasl.jaas.config",
         R"(org.apache.kafka.common.security.scram.ScramLoginModule required username="me" password="a\"b\\c";)"}}},
      {{{"ssl.truststore.type", "PEM"}, {"ssl.truststore.location", "/ca.pem"}},
       {{"ssl.truststore.type", "PEM"}, {"ssl.truststore.location", "/ca.pem"}}},
      {{{"ssl.ca.location", "/ca.pem"}},
       {{"ssl.truststore.type", "PEM"}, {"ssl.truststore.location", "/ca.pem"}}},
      {{{"ssl.keystore.type", "PEM"}, {"ssl.keystore.location", "/key.pem"}},
       {{"ssl.keystore.type", "PEM"}, {"ssl.keystore.location", "/key.pem"}}},
      {{{"security.protocol", "SASL_SSL"},
        {"sasl.mechanism", "OAUTHBEARER"},
        {"sasl.oauthbearer.method", "aws-msk-iam"},
        {"bootstrap.servers", "b-1.o.x.c2.kafka.eu-west-1.amazonaws.com:9098"}},
       {{"security.protocol", "SASL_SSL"},
        {"sasl.mechanism", "OAUTHBEARER"},
        {"bootstrap.servers", "b-1.o.x.c2.kafka.eu-west-1.amazonaws.com:9098"},
        {"sasl.login.callback.handler.class", "io.calve.flink.MskLoginHandler"},
        {"sasl.jaas.config",
         R"(org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required region="eu-west-1";)"}}},
      {{{"ssl.endpoint.identification.algorithm", ""}}, {{"ssl.endpoint.identification.algorithm", ""}}},
      {{{"fetch.wait.max.ms", "50"}, {"queued.min.messages", "5"}}, {{"fetch.max.wait.ms", "50"}}},
  };
  for (const Case& expected : cases) {
    Properties wanted = expected.java;
    wanted["isolation.level"] = "read_committed";
    wanted["enable.auto.commit"] = "false";
    EXPECT_EQ(java(expected.given), wanted) << expected.given.begin()->first;
  }
}

TEST(JavaClientTest, WhatDecidesOnTheConnectionIsNeverLeftOut) {
  for (const Properties& given : std::vector<Properties>{
           {{"enable.ssl.certificate.verification", "false"}},
           {{"ssl.certificate.location", "/c.pem"}, {"ssl.key.location", "/k.pem"}},
           {{"sasl.mechanism", "GSSAPI"}, {"sasl.username", "me"}, {"sasl.password", "x"}}}) {
    const auto config = parse_client_config(given);
    ASSERT_TRUE(config) << given.begin()->first << ": " << config.error().message;
    const auto properties = java_client_properties(*config);
    ASSERT_FALSE(properties) << given.begin()->first;
    EXPECT_EQ(properties.error().kind, ErrorKind::kConfig);
    EXPECT_THAT(properties.error().message, testing::Not(HasSubstr("x;")));
  }
}

}  // namespace
}  // namespace calve::kafka
