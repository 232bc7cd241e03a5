#include "calve/commit/ledger.h"

#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "calve/commit/log_identity_json.h"

namespace calve::commit {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kPipelineKey = "calve.pipeline";
constexpr const char* kSourceKey = "calve.source";
constexpr const char* kRangesKey = "calve.ranges";
constexpr const char* kFreshnessKey = "calve.freshness-ms";

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

std::optional<Timestamp> optional_time(const Json& json, const char* key) {
  if (!json.contains(key)) return std::nullopt;
  return timestamp_from_micros(json.at(key).get<std::int64_t>());
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

}  // namespace

void write_ledger(const Ledger& ledger, Summary& summary) {
  summary[kPipelineKey] = ledger.pipeline;
  summary[kSourceKey] = to_json(ledger.source).dump();
  Json ranges = Json::array();
  for (const LedgerRange& range : ledger.ranges)
    ranges.push_back(to_json(range));
  summary[kRangesKey] = ranges.dump();
  if (ledger.freshness) summary[kFreshnessKey] = std::to_string(ledger.freshness->count());
}

Result<std::optional<Ledger>> read_ledger(const Summary& summary, const std::string& pipeline) {
  const auto found_pipeline = summary.find(kPipelineKey);
  if (found_pipeline == summary.end() || found_pipeline->second != pipeline) return std::nullopt;
  try {
    Ledger ledger{.pipeline = pipeline,
                  .source = log_identity_from_json(Json::parse(summary.at(kSourceKey)))};
    for (const Json& range : Json::parse(summary.at(kRangesKey)))
      ledger.ranges.push_back(range_from_json(range));
    if (const auto freshness = summary.find(kFreshnessKey); freshness != summary.end()) {
      ledger.freshness = Milliseconds(std::stoll(freshness->second));
    }
    return ledger;
  } catch (const std::exception& error) {
    return fail(
        ErrorKind::kInvalidData,
        fmt::format("A snapshot's ledger (summary keys calve.*) cannot be read; restore the table's metadata "
                    "or start a new pipeline name: {}",
                    error.what()));
  }
}

}  // namespace calve::commit
