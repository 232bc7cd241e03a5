#include "calve/produce/summary.h"

#include <algorithm>
#include <numeric>

#include <nlohmann/json.hpp>

namespace calve::produce {

std::uint64_t ProduceSummary::invalid() const {
  return std::accumulate(invalid_by_class.begin(), invalid_by_class.end(), std::uint64_t{0});
}

std::uint64_t ProduceSummary::events_per_second() const {
  return sent * 1'000 / static_cast<std::uint64_t>(std::max<std::int64_t>(elapsed.count(), 1));
}

void ProduceSummary::count(const Event& event) {
  ++sent;
  bytes += event.payload.size();
  switch (event.kind) {
    case Event::Kind::kPlain:
      return;
    case Event::Kind::kLate:
      ++late;
      return;
    case Event::Kind::kDuplicate:
      ++duplicates;
      return;
    case Event::Kind::kInvalid:
      ++invalid_by_class[static_cast<std::size_t>(event.fault)];
      return;
  }
}

std::string to_json(const ProduceSummary& summary) {
  nlohmann::ordered_json by_class = nlohmann::ordered_json::object();
  for (const FaultClass fault : all_fault_classes()) {
    const std::uint64_t count = summary.invalid_by_class[static_cast<std::size_t>(fault)];
    if (count > 0) by_class[std::string(fault_class_name(fault))] = count;
  }
  nlohmann::ordered_json json{{"seed", summary.seed},
                              {"sent", summary.sent},
                              {"valid", summary.valid()},
                              {"invalid", summary.invalid()},
                              {"invalid_by_class", by_class},
                              {"duplicates", summary.duplicates},
                              {"late", summary.late},
                              {"bytes", summary.bytes},
                              {"delivered", summary.deliveries.delivered},
                              {"delivery_errors", summary.deliveries.failed}};
  if (summary.first_failure) json["first_delivery_error"] = summary.first_failure->message;
  json["seconds"] = static_cast<double>(summary.elapsed.count()) / 1'000;
  json["events_per_second"] = summary.events_per_second();
  return json.dump();
}

}  // namespace calve::produce
