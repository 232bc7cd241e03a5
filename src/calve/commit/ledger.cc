#include "calve/commit/ledger.h"

#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "calve/commit/values_json.h"

namespace calve::commit {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kSourceKey = "calve.source";
constexpr const char* kRangesKey = "calve.ranges";
constexpr const char* kEpochsKey = "calve.epochs";
constexpr const char* kFreshnessKey = "calve.freshness-ms";

}  // namespace

void write_ledger(const Ledger& ledger, Summary& summary) {
  summary[kPipelineKey] = ledger.pipeline;
  summary[kSourceKey] = to_json(ledger.source).dump();
  Json ranges = Json::array();
  for (const LedgerRange& range : ledger.ranges)
    ranges.push_back(to_json(range));
  summary[kRangesKey] = ranges.dump();
  if (!ledger.joined_epochs.empty()) {
    Json epochs = Json::array();
    for (const Uuid& epoch : ledger.joined_epochs)
      epochs.push_back(to_string(epoch));
    summary[kEpochsKey] = epochs.dump();
  }
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
    if (const auto epochs = summary.find(kEpochsKey); epochs != summary.end()) {
      for (const Json& epoch : Json::parse(epochs->second))
        ledger.joined_epochs.push_back(uuid_from_json(epoch));
    }
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
