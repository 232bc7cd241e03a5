// What a user says about his Kafka, in the words of Kafka's Java clients: Flink's connector is one.

#pragma once

#include "calve/base/result.h"
#include "calve/kafka/client_config.h"

namespace calve::kafka {

// Properties of a Java consumer that reaches the same brokers in the same way, committed records only.
// The values of secrets are among them: hand them to the client alone. What merely tunes librdkafka is
// left out. kConfig for what decides on the connection and has no counterpart, naming the property.
Result<Properties> java_client_properties(const ClientConfig& config);

}  // namespace calve::kafka
