// The names of client properties: Kafka's, librdkafka's, and how an environment variable spells them.

#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace calve::kafka {

enum class Role { kConsumer, kProducer };

// Whether librdkafka knows the property, for that role or for any.
bool is_known_property(std::string_view name);
bool is_property_of(std::string_view name, Role role);

// The known name with the fewest edits, for "did you mean".
std::string nearest_property(std::string_view name);

// Whether its value may be shown to nobody.
bool is_secret_property(std::string_view name);

// KAFKA_SASL_MECHANISM -> "sasl.mechanism". None if the variable is no client property:
//   KAFKA_TOPIC                            Calve's own setting
//   KAFKA_HOME, KAFKA_OPTS, KAFKA_HEAP_*, KAFKA_JVM_*, KAFKA_JMX_*, KAFKA_LOG4J_*, KAFKA_GC_*,
//   KAFKA_DEBUG, KAFKA_VERSION             read by Kafka's own scripts
//   KAFKA_SERVICE_*, KAFKA_PORT, KAFKA_PORT_*
//                                          set by Kubernetes beside a service named kafka
// and if it does not begin with KAFKA_. Whether the property exists is not looked at.
std::optional<std::string> property_of_environment(std::string_view variable);

}  // namespace calve::kafka
