// What the brokers let this client do, found out by requests that need the one permission and change nothing.
// Each connects and disconnects. kAccessDenied, naming what to grant; kUnreachable after wait_max,
// kNotFound, kCancelled.

#pragma once

#include <stop_token>
#include <string>

#include "calve/base/result.h"
#include "calve/kafka/client_config.h"
#include "calve/kafka/topic.h"

namespace calve::kafka {

// Fetches from the end of partition 0.
Result<void> try_fetch(const ClientConfig& config, const TopicQuery& query, const std::stop_token& stop);

struct GroupQuery {
  std::string group;
  std::string topic;
  Milliseconds wait_max{10'000};
};

// What a member of the group needs. Commits an offset of a partition that no topic has: the broker refuses
// it for that, once it has looked at the permission. Joins nothing, so no member of the group is disturbed.
Result<void> try_commit(const ClientConfig& config, const GroupQuery& query, const std::stop_token& stop);

}  // namespace calve::kafka
