#include "calve/commit/log_identity_json.h"

namespace calve::commit {

nlohmann::ordered_json to_json(const batch::LogIdentity& identity) {
  return {{"cluster", identity.cluster}, {"topic", identity.topic}, {"topic-id", identity.topic_id}};
}

batch::LogIdentity log_identity_from_json(const nlohmann::ordered_json& json) {
  return {.cluster = json.at("cluster").get<std::string>(),
          .topic = json.at("topic").get<std::string>(),
          .topic_id = json.at("topic-id").get<std::string>()};
}

}  // namespace calve::commit
