// What a user says about his Kafka, checked and in librdkafka's words.

#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "calve/base/result.h"
#include "calve/base/secret.h"
#include "calve/kafka/property_names.h"

namespace calve::kafka {

using Properties = std::map<std::string, std::string, std::less<>>;

// Amazon MSK knows its clients by their AWS keys, which the default chain finds (storage/credentials.h).
struct MskIam {
  std::string region;  // empty: not told by the brokers' names; whoever makes a client fills it in

  bool operator==(const MskIam&) const = default;
};

// Names are librdkafka's, values are such as it takes.
struct ClientConfig {
  Properties properties;
  std::map<std::string, Secret, std::less<>> secrets;
  std::optional<MskIam> msk_iam;

  bool operator==(const ClientConfig&) const = default;
};

// Takes librdkafka's names and those of Kafka's Java clients, so that a client.properties file of the
// latter serves as it is: sasl.mechanism, sasl.jaas.config (PLAIN, SCRAM), ssl.truststore.* and
// ssl.keystore.* of type PEM, fetch.max.wait.ms, buffer.memory, send.buffer.bytes and their like. Besides
// librdkafka's values sasl.oauthbearer.method takes aws-msk-iam, for a token that proves AWS keys to MSK.
//
// kConfig, naming the property and never the value of a secret one:
//   - unknown, with the nearest known name
//   - Java's alone (key.deserializer, ...: it names a class or tunes what is not there)
//   - a value that librdkafka refuses
//   - one that exactly once rests on (isolation.level, enable.auto.commit, enable.idempotence, ...)
//     with another value than the one Calve sets
Result<ClientConfig> parse_client_config(const Properties& given);

}  // namespace calve::kafka
