#include "calve/kafka/java_client.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>

#include <fmt/format.h>

namespace calve::kafka {
namespace {

struct Renamed {
  std::string_view librdkafka;
  std::string_view java;
};

constexpr std::array kRenamed = {
    Renamed{"sasl.mechanisms", "sasl.mechanism"},
    Renamed{"fetch.wait.max.ms", "fetch.max.wait.ms"},
    Renamed{"fetch.message.max.bytes", "max.partition.fetch.bytes"},
    Renamed{"socket.send.buffer.bytes", "send.buffer.bytes"},
    Renamed{"socket.receive.buffer.bytes", "receive.buffer.bytes"},
    Renamed{"ssl.ca.pem", "ssl.truststore.certificates"},
    Renamed{"ssl.certificate.pem", "ssl.keystore.certificate.chain"},
    Renamed{"ssl.key.pem", "ssl.keystore.key"},
};

// Both clients have them, and mean the same by them.
constexpr std::array<std::string_view, 20> kShared = {
    "bootstrap.servers",
    "client.id",
    "client.rack",
    "security.protocol",
    "sasl.mechanism",
    "sasl.kerberos.service.name",
    "sasl.oauthbearer.token.endpoint.url",
    "sasl.oauthbearer.scope",
    "ssl.keystore.location",
    "ssl.key.password",
    "ssl.keystore.password",
    "metadata.max.age.ms",
    "fetch.min.bytes",
    "fetch.max.bytes",
    "max.partition.fetch.bytes",
    "session.timeout.ms",
    "heartbeat.interval.ms",
    "reconnect.backoff.ms",
    "reconnect.backoff.max.ms",
    "retry.backoff.ms",
};

// Leaving one of these out would change whom the client trusts or who it is.
bool decides_on_connection(std::string_view name) {
  return name.starts_with("ssl.") || name.starts_with("sasl.") || name.starts_with("enable.ssl") ||
         name.starts_with("https.");
}

std::optional<std::string_view> java_name(std::string_view name) {
  for (const Renamed& renamed : kRenamed) {
    if (renamed.librdkafka == name) return renamed.java;
  }
  if (std::ranges::find(kShared, name) != kShared.end()) return name;
  return std::nullopt;
}

// A value within a JAAS line stands in quotes.
std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

std::string get(const Properties& properties, std::string_view name) {
  const auto found = properties.find(name);
  return found == properties.end() ? std::string() : found->second;
}

Result<std::string> jaas(std::string_view mechanism, std::string_view username, const Secret& password) {
  const bool is_scram = mechanism.starts_with("SCRAM-");
  if (!is_scram && mechanism != "PLAIN") {
    return fail(ErrorKind::kConfig,
                fmt::format("sasl.username goes with sasl.mechanism PLAIN or SCRAM-SHA-256 or -512; found {}",
                            mechanism));
  }
  return fmt::format("org.apache.kafka.common.security.{} required username={} password={};",
                     is_scram ? "scram.ScramLoginModule" : "plain.PlainLoginModule", quoted(username),
                     quoted(password.reveal()));
}

class Translation {
 public:
  explicit Translation(const ClientConfig& config) : config_(config) {}

  Result<Properties> make() {
    java_["isolation.level"] = "read_committed";
    java_["enable.auto.commit"] = "false";
    for (const auto& [name, value] : config_.properties)
      CALVE_TRY(take(name, value));
    for (const auto& [name, secret] : config_.secrets) {
      if (name != "sasl.password") CALVE_TRY(take(name, secret.reveal()));
    }
    if (config_.msk_iam) take_msk_iam(*config_.msk_iam);
    if (java_.contains("ssl.keystore.location") && !java_.contains("ssl.keystore.type"))
      java_["ssl.keystore.type"] = "PKCS12";
    if (java_.contains("ssl.truststore.certificates")) java_["ssl.truststore.type"] = "PEM";
    if (java_.contains("ssl.keystore.key")) java_["ssl.keystore.type"] = "PEM";
    return std::move(java_);
  }

 private:
  Result<void> take(std::string_view name, const std::string& value) {
    if (const auto java = java_name(name)) {
      java_[std::string(*java)] = value;
      return {};
    }
    if (name == "sasl.username") {
      const auto password = config_.secrets.find("sasl.password");
      java_["sasl.jaas.config"] =
          CALVE_TRY(jaas(get(config_.properties, "sasl.mechanisms"), value,
                         password == config_.secrets.end() ? Secret() : password->second));
      return {};
    }
    if (name == "ssl.ca.location") {
      java_["ssl.truststore.type"] = "PEM";
      java_["ssl.truststore.location"] = value;
      return {};
    }
    if (name == "ssl.endpoint.identification.algorithm") {
      java_[std::string(name)] = value == "none" ? "" : value;
      return {};
    }
    if (name == "ssl.certificate.location" || name == "ssl.key.location") return take_key_files();
    if (!decides_on_connection(name)) return {};
    return fail(ErrorKind::kConfig,
                fmt::format("Flink's Kafka client has no counterpart of this property; use one that both "
                            "have (ssl.keystore.*, ssl.truststore.*, sasl.jaas.config): {}",
                            name));
  }

  // The job's own class asks this engine for the tokens (java/).
  void take_msk_iam(const MskIam& identity) {
    java_["sasl.login.callback.handler.class"] = "io.calve.flink.MskLoginHandler";
    java_["sasl.jaas.config"] =
        fmt::format("org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required region={};",
                    quoted(identity.region));
  }

  // Java reads key and certificates out of one PEM file.
  Result<void> take_key_files() {
    const std::string certificate = get(config_.properties, "ssl.certificate.location");
    if (certificate != get(config_.properties, "ssl.key.location")) {
      return fail(ErrorKind::kConfig,
                  "Flink's Kafka client reads the key and its certificates from one file: put both into one "
                  "PEM file, and set ssl.keystore.type=PEM and ssl.keystore.location to it instead of "
                  "ssl.key.location and ssl.certificate.location");
    }
    java_["ssl.keystore.type"] = "PEM";
    java_["ssl.keystore.location"] = certificate;
    return {};
  }

  const ClientConfig& config_;
  Properties java_;
};

}  // namespace

Result<Properties> java_client_properties(const ClientConfig& config) {
  return Translation(config).make();
}

}  // namespace calve::kafka
