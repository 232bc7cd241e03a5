#include "calve/commit/values_json.h"

#include <stdexcept>
#include <string>

namespace calve::commit {
namespace {

using Json = nlohmann::ordered_json;

std::optional<Timestamp> optional_time(const Json& json, const char* key) {
  if (!json.contains(key)) return std::nullopt;
  return timestamp_from_micros(json.at(key).get<std::int64_t>());
}

}  // namespace

Json to_json(const batch::LogIdentity& identity) {
  return {{"cluster", identity.cluster}, {"topic", identity.topic}, {"topic-id", identity.topic_id}};
}

batch::LogIdentity log_identity_from_json(const Json& json) {
  return {.cluster = json.at("cluster").get<std::string>(),
          .topic = json.at("topic").get<std::string>(),
          .topic_id = json.at("topic-id").get<std::string>()};
}

Json to_json(const LedgerRange& range) {
  Json json = {{"partition", range.partition.value()},
               {"from", range.from.value()},
               {"to", range.to.value()},
               {"valid", range.valid},
               {"rejected", range.rejected}};
  if (range.event_time_min) json["event-time-min-us"] = to_micros(*range.event_time_min);
  if (range.event_time_max) json["event-time-max-us"] = to_micros(*range.event_time_max);
  return json;
}

LedgerRange range_from_json(const Json& json) {
  return {.partition = PartitionId(json.at("partition").get<std::int32_t>()),
          .from = Offset(json.at("from").get<std::int64_t>()),
          .to = Offset(json.at("to").get<std::int64_t>()),
          .valid = json.at("valid").get<std::int64_t>(),
          .rejected = json.at("rejected").get<std::int64_t>(),
          .event_time_min = optional_time(json, "event-time-min-us"),
          .event_time_max = optional_time(json, "event-time-max-us")};
}

Uuid uuid_from_json(const Json& json) {
  const auto uuid = parse_uuid(json.get<std::string>());
  if (!uuid) throw std::invalid_argument("not a UUID: " + json.get<std::string>());
  return *uuid;
}

}  // namespace calve::commit
