#include "calve/kafka/client_config.h"

#include <array>
#include <charconv>
#include <cstdint>
#include <optional>
#include <span>

#include <fmt/format.h>
#include <librdkafka/rdkafka.h>

#include "calve/kafka/handles.h"
#include "calve/kafka/jaas.h"
#include "calve/kafka/msk_iam_token.h"

namespace calve::kafka {
namespace {

struct Pair {
  std::string_view name;
  std::string_view other;
};

constexpr std::array kJavaNames = {
    Pair{"sasl.mechanism", "sasl.mechanisms"},
    Pair{"fetch.max.wait.ms", "fetch.wait.max.ms"},
    Pair{"send.buffer.bytes", "socket.send.buffer.bytes"},
    Pair{"receive.buffer.bytes", "socket.receive.buffer.bytes"},
    Pair{"ssl.truststore.certificates", "ssl.ca.pem"},
    Pair{"ssl.keystore.certificate.chain", "ssl.certificate.pem"},
    Pair{"ssl.keystore.key", "ssl.key.pem"},
};

// Whatever their value: they name Java classes, or tune what only the Java clients have.
constexpr std::array kJavaAlone = {
    "key.deserializer",
    "value.deserializer",
    "key.serializer",
    "value.serializer",
    "interceptor.classes",
    "partitioner.class",
    "metric.reporters",
    "metrics.num.samples",
    "metrics.recording.level",
    "metrics.sample.window.ms",
    "auto.include.jmx.reporter",
    "config.providers",
    "security.providers",
    "sasl.login.class",
    "sasl.login.callback.handler.class",
    "sasl.client.callback.handler.class",
    "ssl.engine.factory.class",
    "ssl.provider",
    "ssl.protocol",
    "ssl.enabled.protocols",
    "max.poll.records",
    "max.block.ms",
    "default.api.timeout.ms",
    "exclude.internal.topics",
};

constexpr std::array kFixed = {
    Pair{"isolation.level", "read_committed"},
    Pair{"enable.auto.commit", "false"},
    Pair{"auto.commit.enable", "false"},
    Pair{"enable.auto.offset.store", "false"},
    Pair{"enable.partition.eof", "true"},
    Pair{"auto.offset.reset", "error"},
    Pair{"partition.assignment.strategy", "cooperative-sticky"},
    Pair{"enable.idempotence", "true"},
    Pair{"acks", "all"},
    Pair{"request.required.acks", "all"},
};

constexpr std::string_view kMskIamMethod = "aws-msk-iam";

std::optional<std::string_view> find(std::span<const Pair> pairs, std::string_view name) {
  for (const auto& pair : pairs) {
    if (pair.name == name) return pair.other;
  }
  return std::nullopt;
}

class Parser {
 public:
  explicit Parser(const Properties& given) : given_(given) {}

  Result<ClientConfig> parse() {
    for (const auto& [name, value] : given_)
      CALVE_TRY(take(name, value));
    CALVE_TRY(check_msk_iam());
    return std::move(config_);
  }

 private:
  Result<void> take(const std::string& name, const std::string& value) {
    for (const std::string_view alone : kJavaAlone) {
      if (name == alone) {
        return fail(ErrorKind::kConfig,
                    fmt::format("the Kafka property is of the Java clients alone; remove it: {}", name));
      }
    }
    if (const auto fixed = find(kFixed, name)) return take_fixed(name, value, *fixed);
    if (name == "sasl.jaas.config") return take_jaas(value);
    if (name == "sasl.oauthbearer.method" && value == kMskIamMethod) return take_msk_iam();
    if (name == "ssl.truststore.location") return take_truststore(value);
    if (name == "ssl.truststore.type") return {};      // read beside ssl.truststore.location
    if (name == "ssl.truststore.password") return {};  // PEM has none
    if (name == "ssl.keystore.location" && type_of("ssl.keystore.type") == "PEM")
      return take_pem_keystore(value);
    if (name == "ssl.keystore.type") return check_keystore_type(value);
    if (name == "ssl.endpoint.identification.algorithm" && value.empty()) return put(name, "none");
    if (name == "client.dns.lookup" && value == "use_all_dns_ips") return {};  // what librdkafka does anyway
    if (name == "buffer.memory") return take_buffer_memory(value);
    if (const auto translated = find(kJavaNames, name)) return put(*translated, value);
    return put(name, value);
  }

  Result<void> take_fixed(const std::string& name, const std::string& value, std::string_view fixed) {
    const bool same = value == fixed || (fixed == "all" && value == "-1");
    if (same) return {};
    return fail(ErrorKind::kConfig, fmt::format("exactly once rests on this Kafka property; remove it: {} is "
                                                "always {}, wanted {}",
                                                name, fixed, value));
  }

  Result<void> take_jaas(const std::string& value) {
    auto login = CALVE_TRY(parse_jaas(value));
    CALVE_TRY(put("sasl.username", login.username));
    return put("sasl.password", login.password.reveal());
  }

  Result<void> take_msk_iam() {
    const auto servers = given_.find("bootstrap.servers");
    config_.msk_iam = MskIam{servers == given_.end() ? "" : msk_region_of(servers->second)};
    return {};
  }

  // The token is a bearer's secret: whoever reads it on its way is let in for a quarter of an hour.
  Result<void> check_msk_iam() const {
    if (!config_.msk_iam) return {};
    const auto is = [&](std::string_view name, std::string_view value) {
      const auto found = config_.properties.find(name);
      return found != config_.properties.end() && found->second == value;
    };
    if (is("sasl.mechanisms", "OAUTHBEARER") && is("security.protocol", "SASL_SSL")) return {};
    return fail(ErrorKind::kConfig,
                "sasl.oauthbearer.method=aws-msk-iam goes with sasl.mechanism=OAUTHBEARER and "
                "security.protocol=SASL_SSL; set both");
  }

  std::string type_of(std::string_view name) const {
    const auto found = given_.find(name);
    return found == given_.end() ? "JKS" : found->second;
  }

  Result<void> take_truststore(const std::string& value) {
    const auto type = type_of("ssl.truststore.type");
    if (type == "PEM") return put("ssl.ca.location", value);
    return fail(
        ErrorKind::kConfig,
        fmt::format("only a truststore of type PEM can be read; convert it (keytool -exportcert -rfc) and "
                    "set ssl.truststore.type=PEM: ssl.truststore.type is {}",
                    type));
  }

  // Java reads key and certificates out of one file.
  Result<void> take_pem_keystore(const std::string& value) {
    CALVE_TRY(put("ssl.certificate.location", value));
    return put("ssl.key.location", value);
  }

  static Result<void> check_keystore_type(const std::string& value) {
    if (value == "PEM" || value == "PKCS12") return {};
    return fail(ErrorKind::kConfig,
                fmt::format("only a keystore of type PEM or PKCS12 can be read; convert it "
                            "(keytool -importkeystore -deststoretype PKCS12): "
                            "ssl.keystore.type is {}",
                            value));
  }

  Result<void> take_buffer_memory(const std::string& value) {
    std::int64_t bytes = 0;
    const auto [end, code] = std::from_chars(value.data(), value.data() + value.size(), bytes);
    if (code != std::errc() || end != value.data() + value.size() || bytes < 1024) {
      return fail(ErrorKind::kConfig,
                  fmt::format("the Kafka property takes a number of bytes, 1024 or more: buffer.memory is {}",
                              value));
    }
    return put("queue.buffering.max.kbytes", std::to_string(bytes / 1024));
  }

  Result<void> put(std::string_view name, const std::string& value) {
    if (!is_known_property(name)) {
      return fail(ErrorKind::kConfig, fmt::format("there is no Kafka property {}; did you mean {}?", name,
                                                  nearest_property(name)));
    }
    std::array<char, 512> reason{};
    const auto answer = rd_kafka_conf_set(scratch_.get(), std::string(name).c_str(), value.c_str(),
                                          reason.data(), reason.size());
    const bool is_secret = is_secret_property(name);
    if (answer != RD_KAFKA_CONF_OK) {
      return fail(
          ErrorKind::kConfig,
          fmt::format("librdkafka refuses the value of a Kafka property: {} is {}{}", name,
                      is_secret ? "***" : value, is_secret ? "" : fmt::format(": {}", reason.data())));
    }
    if (is_secret) {
      config_.secrets[std::string(name)] = Secret(value);
    } else {
      config_.properties[std::string(name)] = value;
    }
    return {};
  }

  const Properties& given_;
  ClientConfig config_;
  ConfHandle scratch_{rd_kafka_conf_new()};
};

}  // namespace

Result<ClientConfig> parse_client_config(const Properties& given) {
  return Parser(given).parse();
}

}  // namespace calve::kafka
