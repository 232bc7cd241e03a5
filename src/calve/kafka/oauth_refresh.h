// Gives librdkafka a token for SASL/OAUTHBEARER whenever it asks for one. For this folder's .cc files alone.

#pragma once

#include "calve/kafka/client_config.h"
#include "calve/kafka/handles.h"

namespace calve::kafka {

// Before the client is made. The callback runs on a thread of librdkafka's own, so that a client that is
// not polled gets its tokens too.
Result<void> set_token_source(rd_kafka_conf_t* conf, const MskIam& identity);

// After the client was made; without a token source there is nothing to do.
Result<void> start_token_source(rd_kafka_t* client);

}  // namespace calve::kafka
