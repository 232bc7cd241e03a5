#include "calve/kafka/handles.h"

#include <array>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "calve/base/log.h"
#include "calve/kafka/oauth_refresh.h"

namespace calve::kafka {
namespace {

constexpr int kSyslogError = 3;

void forward_log(const rd_kafka_t*, int level, const char* facility, const char* text) {
  // Not louder: what it cannot overcome comes as an Error, or shows in the connection's state.
  if (level <= kSyslogError) {
    log::info("kafka client: {}: {}", facility, text);
  } else {
    log::debug("kafka client: {}: {}", facility, text);
  }
}

Result<void> set(rd_kafka_conf_t* conf, const std::string& name, const std::string& value) {
  std::array<char, 512> reason{};
  if (rd_kafka_conf_set(conf, name.c_str(), value.c_str(), reason.data(), reason.size()) ==
      RD_KAFKA_CONF_OK) {
    return {};
  }
  return fail(ErrorKind::kConfig, fmt::format("librdkafka refuses a Kafka property: {}", name));
}

struct Meaning {
  ErrorKind kind;
  const char* text;
};

Meaning meaning_of(rd_kafka_resp_err_t code) {
  switch (static_cast<int>(code)) {
    case RD_KAFKA_RESP_ERR__AUTHENTICATION:
    case RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED:
    case RD_KAFKA_RESP_ERR_ILLEGAL_SASL_STATE:
    case RD_KAFKA_RESP_ERR_UNSUPPORTED_SASL_MECHANISM:
      return {ErrorKind::kAccessDenied,
              "Kafka refuses the credentials; check security.protocol, sasl.mechanism, sasl.username and "
              "sasl.password"};
    case RD_KAFKA_RESP_ERR__SSL:
      return {
          ErrorKind::kUnreachable,
          "TLS with the Kafka broker failed; check security.protocol, ssl.ca.location and the certificates"};
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
      return {ErrorKind::kAccessDenied,
              "Kafka denies access to the topic; grant READ and DESCRIBE (consumer) or WRITE and DESCRIBE "
              "(producer) on it, in MSK's IAM kafka-cluster:DescribeTopic with ReadData or WriteData"};
    case RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED:
      return {ErrorKind::kAccessDenied,
              "Kafka denies access to the consumer group; grant READ on it, in MSK's IAM "
              "kafka-cluster:DescribeGroup and AlterGroup"};
    case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED:
      return {ErrorKind::kAccessDenied,
              "Kafka denies an operation on the cluster; grant IDEMPOTENT_WRITE on it"};
    case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
    case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
    case RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION:
      return {ErrorKind::kNotFound, "the Kafka topic does not exist; create it or correct KAFKA_TOPIC"};
    case RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION:
      return {ErrorKind::kConfig, "Kafka does not accept the topic's name; correct KAFKA_TOPIC"};
    case RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE:
    case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET:
      return {ErrorKind::kSourceGap, "the wanted offset is not in the Kafka topic"};
    case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
      return {ErrorKind::kInvalidData, "the message is larger than Kafka takes; raise message.max.bytes"};
    case RD_KAFKA_RESP_ERR__RESOLVE:
    case RD_KAFKA_RESP_ERR__TRANSPORT:
    case RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN:
      return {ErrorKind::kUnreachable,
              "no Kafka broker is reachable; check bootstrap.servers and that the broker runs"};
    case RD_KAFKA_RESP_ERR__TIMED_OUT:
    case RD_KAFKA_RESP_ERR__MSG_TIMED_OUT:
    case RD_KAFKA_RESP_ERR__TIMED_OUT_QUEUE:
    case RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT:
      return {ErrorKind::kUnreachable,
              "Kafka did not answer in time; check bootstrap.servers and the broker's load"};
    case RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID:
      return {ErrorKind::kConfig, "another process has the same group.instance.id; give each its own"};
    case RD_KAFKA_RESP_ERR__FATAL:
    case RD_KAFKA_RESP_ERR__BAD_MSG:
    case RD_KAFKA_RESP_ERR_INVALID_MSG:
      return {ErrorKind::kInvalidData, "Kafka's answer is not valid; look at the broker's log"};
    default:
      return {ErrorKind::kUnavailable, "Kafka cannot answer now; it is asked again"};
  }
}

}  // namespace

Result<ConfHandle> make_conf(const ClientConfig& config, Role role, const Properties& ours) {
  ConfHandle conf(rd_kafka_conf_new());
  rd_kafka_conf_set_log_cb(conf.get(), forward_log);
  for (const auto& [name, value] : config.properties) {
    if (is_property_of(name, role)) CALVE_TRY(set(conf.get(), name, value));
  }
  for (const auto& [name, secret] : config.secrets) {
    if (is_property_of(name, role)) CALVE_TRY(set(conf.get(), name, secret.reveal()));
  }
  for (const auto& [name, value] : ours)
    CALVE_TRY(set(conf.get(), name, value));
  if (config.msk_iam) CALVE_TRY(set_token_source(conf.get(), *config.msk_iam));
  return conf;
}

Result<ClientHandle> make_client(ConfHandle conf, Role role) {
  std::array<char, 512> reason{};
  const auto type = role == Role::kConsumer ? RD_KAFKA_CONSUMER : RD_KAFKA_PRODUCER;
  ClientHandle client(rd_kafka_new(type, conf.get(), reason.data(), reason.size()));
  if (client == nullptr) {
    return fail(ErrorKind::kConfig,
                fmt::format("the Kafka client cannot be made from its properties: {}", reason.data()));
  }
  std::ignore = conf.release();  // rd_kafka_new took it
  CALVE_TRY(start_token_source(client.get()));
  return client;
}

Error translate(rd_kafka_resp_err_t code, const std::string& detail) {
  const auto [kind, text] = meaning_of(code);
  return {kind, fmt::format("{}: {}: {}", text, rd_kafka_err2name(code),
                            detail.empty() ? rd_kafka_err2str(code) : detail)};
}

}  // namespace calve::kafka
