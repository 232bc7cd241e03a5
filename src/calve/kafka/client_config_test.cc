#include "calve/kafka/client_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace calve::kafka {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kScramJaas =
    "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"alice\" "
    "password=\"pa\\\"ss;word\";";

TEST(ClientConfigTest, TakesLibrdkafkasAndJavasNames) {
  const struct {
    const char* name;
    Properties given;
    ClientConfig parsed;
  } cases[] = {
      {"librdkafka's", {{"fetch.wait.max.ms", "7"}}, {.properties = {{"fetch.wait.max.ms", "7"}}}},
      {"translated", {{"fetch.max.wait.ms", "7"}}, {.properties = {{"fetch.wait.max.ms", "7"}}}},
      {"mechanism", {{"sasl.mechanism", "PLAIN"}}, {.properties = {{"sasl.mechanisms", "PLAIN"}}}},
      {"secret",
       {{"sasl.username", "alice"}, {"sasl.password", "p"}},
       {.properties = {{"sasl.username", "alice"}}, .secrets = {{"sasl.password", Secret("p")}}}},
      {"jaas",
       {{"sasl.jaas.config", kScramJaas}},
       {.properties = {{"sasl.username", "alice"}}, .secrets = {{"sasl.password", Secret("pa\"ss;word")}}}},
      {"PEM truststore",
       {{"ssl.truststore.type", "PEM"}, {"ssl.truststore.location", "/ca.pem"}},
       {.properties = {{"ssl.ca.location", "/ca.pem"}}}},
      {"PEM keystore",
       {{"ssl.keystore.type", "PEM"}, {"ssl.keystore.location", "/key.pem"}},
       {.properties = {{"ssl.certificate.location", "/key.pem"}, {"ssl.key.location", "/key.pem"}}}},
      {"PKCS12 keystore",
       {{"ssl.keystore.type", "PKCS12"}, {"ssl.keystore.location", "/key.p12"}},
       {.properties = {{"ssl.keystore.location", "/key.p12"}}}},
      {"no host name check",
       {{"ssl.endpoint.identification.algorithm", ""}},
       {.properties = {{"ssl.endpoint.identification.algorithm", "none"}}}},
      {"bytes to KiB",
       {{"buffer.memory", "33554432"}},
       {.properties = {{"queue.buffering.max.kbytes", "32768"}}}},
      {"what Calve sets anyway", {{"isolation.level", "read_committed"}, {"acks", "-1"}}, {}},
      {"Java's default that librdkafka has no switch for", {{"client.dns.lookup", "use_all_dns_ips"}}, {}},
  };
  for (const auto& each : cases) {
    const auto parsed = parse_client_config(each.given);
    ASSERT_TRUE(parsed) << each.name << ": " << parsed.error().message;
    EXPECT_EQ(*parsed, each.parsed) << each.name;
  }
}

TEST(ClientConfigTest, RefusesByNameAndNeverShowsASecret) {
  const struct {
    Properties given;
    const char* says;
  } cases[] = {
      {{{"bootstrap.server", "hunter2"}},
       "no Kafka property bootstrap.server; did you mean bootstrap.servers?"},
      {{{"key.deserializer", "hunter2"}}, "of the Java clients alone; remove it: key.deserializer"},
      {{{"linger.ms", "soon"}}, "linger.ms is soon"},
      {{{"isolation.level", "read_uncommitted"}}, "isolation.level is always read_committed"},
      {{{"enable.idempotence", "false"}}, "enable.idempotence is always true"},
      {{{"auto.offset.reset", "latest"}}, "auto.offset.reset is always error"},
      {{{"ssl.truststore.location", "/a.jks"}}, "ssl.truststore.type is JKS"},
      {{{"ssl.keystore.type", "JKS"}}, "ssl.keystore.type is JKS"},
      {{{"buffer.memory", "32M"}}, "buffer.memory is 32M"},
      {{{"sasl.passwort", "hunter2"}}, "no Kafka property sasl.passwort; did you mean sasl.password?"},
      {{{"sasl.jaas.config", "hunter2"}}, "sasl.jaas.config names a login module other than"},
      {{{"sasl.jaas.config",
         "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"a\" "
         "password=\"hunter2;"}},
       "sasl.jaas.config has a value whose quote is not closed"},
      {{{"sasl.jaas.config",
         "org.apache.kafka.common.security.plain.PlainLoginModule required password=\"hunter2\";"}},
       "sasl.jaas.config lacks username or password"},
      {{{"sasl.jaas.config",
         "org.apache.kafka.common.security.plain.PlainLoginModule required username=a password=hunter2"}},
       "sasl.jaas.config does not end with ';'"},
      {{{"sasl.jaas.config", "software.amazon.msk.auth.iam.IAMLoginModule required;"}}, "other than PLAIN's"},
      {{{"sasl.oauthbearer.method", "aws-msk-iam"}}, "goes with sasl.mechanism=OAUTHBEARER"},
      {{{"sasl.oauthbearer.method", "aws-msk-iam"},
        {"sasl.mechanism", "OAUTHBEARER"},
        {"security.protocol", "SASL_PLAINTEXT"}},
       "security.protocol=SASL_SSL"},
      {{{"sasl.oauthbearer.method", "aws"}}, "sasl.oauthbearer.method is aws"},
  };
  for (const auto& each : cases) {
    const auto parsed = parse_client_config(each.given);
    ASSERT_FALSE(parsed) << each.says;
    EXPECT_EQ(parsed.error().kind, ErrorKind::kConfig) << each.says;
    EXPECT_THAT(parsed.error().message, AllOf(HasSubstr(each.says), Not(HasSubstr("hunter2"))));
  }
}

TEST(ClientConfigTest, MskIamIsNotLibrdkafkasOwn) {
  const Properties given = {{"sasl.oauthbearer.method", "aws-msk-iam"},
                            {"sasl.mechanism", "OAUTHBEARER"},
                            {"security.protocol", "SASL_SSL"},
                            {"bootstrap.servers", "b-1.o.x.c2.kafka.eu-west-1.amazonaws.com:9098"}};
  const auto parsed = parse_client_config(given);
  ASSERT_TRUE(parsed) << parsed.error().message;
  EXPECT_EQ(parsed->msk_iam, MskIam{"eu-west-1"});
  EXPECT_FALSE(parsed->properties.contains("sasl.oauthbearer.method"));
}

TEST(PropertyNamesTest, EnvironmentVariablesAreProperties) {
  const struct {
    const char* variable;
    std::optional<std::string> property;
  } cases[] = {
      {"KAFKA_BOOTSTRAP_SERVERS", "bootstrap.servers"},
      {"KAFKA_SASL_MECHANISM", "sasl.mechanism"},
      {"KAFKA_SECURITY_PROTOCOL", "security.protocol"},
      {"KAFKA_TOPIC_METADATA_REFRESH_INTERVAL_MS", "topic.metadata.refresh.interval.ms"},
      {"KAFKA_TOPIC", std::nullopt},
      {"KAFKA_HEAP_OPTS", std::nullopt},
      {"KAFKA_PORT", std::nullopt},
      {"KAFKA_PORT_9092_TCP_ADDR", std::nullopt},
      {"KAFKA_SERVICE_HOST", std::nullopt},
      {"KAFKA_", std::nullopt},
      {"AKAFKA_GROUP_ID", std::nullopt},
  };
  for (const auto& each : cases)
    EXPECT_EQ(property_of_environment(each.variable), each.property) << each.variable;
}

TEST(PropertyNamesTest, KnowsWhoseTheyAre) {
  EXPECT_TRUE(is_property_of("linger.ms", Role::kProducer));
  EXPECT_FALSE(is_property_of("linger.ms", Role::kConsumer));
  EXPECT_TRUE(is_property_of("group.id", Role::kConsumer));
  EXPECT_FALSE(is_property_of("group.id", Role::kProducer)) << "librdkafka would warn on every start";
  EXPECT_TRUE(is_property_of("security.protocol", Role::kProducer));
  EXPECT_TRUE(is_property_of("security.protocol", Role::kConsumer));
  EXPECT_FALSE(is_known_property("Property"));
  for (const char* secret :
       {"sasl.password", "ssl.key.password", "ssl.keystore.password", "ssl.key.pem",
        "sasl.oauthbearer.client.secret", "sasl.oauthbearer.config", "sasl.jaas.config"}) {
    EXPECT_TRUE(is_secret_property(secret)) << secret;
  }
  EXPECT_FALSE(is_secret_property("sasl.username"));
}

}  // namespace
}  // namespace calve::kafka
