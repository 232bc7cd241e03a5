#include "engine.h"

#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "calve/base/log.h"
#include "calve/commit/committer.h"
#include "calve/config/layers.h"
#include "calve/kafka/java_client.h"

namespace calve::jni {
namespace {

using Json = nlohmann::ordered_json;

Result<config::Environment> parse_settings(const std::vector<std::string>& settings) {
  config::Environment environment;
  for (const std::string& setting : settings) {
    const auto equals = setting.find('=');
    if (equals == std::string::npos || equals == 0) {
      return fail(ErrorKind::kConfig, "A setting of the job is no NAME=value");  // its text may be a secret
    }
    environment[setting.substr(0, equals)] = setting.substr(equals + 1);
  }
  return environment;
}

}  // namespace

Engine::Engine(config::Settings settings, contract::Contract contract, config::Warehouse warehouse)
    : settings_(std::move(settings)), contract_(std::move(contract)), warehouse_(std::move(warehouse)) {}

Result<std::shared_ptr<Engine>> Engine::open(const std::vector<std::string>& settings) {
  config::Layers layers;
  layers.environment = CALVE_TRY(parse_settings(settings));
  config::Settings read = CALVE_TRY(config::read_settings(CALVE_TRY(config::resolve(layers))));
  log::set_level(read.log.level);
  log::set_format(read.log.format);
  if (!read.kafka.client) {
    return fail(ErrorKind::kConfig,
                "A Flink job reads from Kafka, and no broker is named: set KAFKA_BOOTSTRAP_SERVERS");
  }
  auto contract = CALVE_TRY(config::load_contract(read));
  auto warehouse = CALVE_TRY(config::open_warehouse(read, {}));
  CALVE_TRY(config::set_up_tables(read, warehouse, contract, {}));
  return std::shared_ptr<Engine>(new Engine(std::move(read), std::move(contract), std::move(warehouse)));
}

Result<std::string> Engine::position(const batch::LogIdentity& source) const {
  const runtime::TaskOptions wanted = options(source);
  commit::Committer committer(*warehouse_.catalog, *warehouse_.store, system_clock(),
                              {.pipeline = wanted.pipeline,
                               .source = wanted.source,
                               .orders = wanted.orders,
                               .rejects = wanted.rejects});
  CALVE_TRY(committer.resume());
  Json next = Json::object();
  for (const auto& [partition, offset] : committer.position().next)
    next[fmt::format("{}", partition)] = offset.value();
  return next.dump();
}

Result<std::string> Engine::kafka_properties() const {
  auto properties = CALVE_TRY(kafka::java_client_properties(*settings_.kafka.client));
  properties["group.id"] = settings_.kafka.group_id;
  return Json(properties).dump();
}

std::string Engine::job() const {
  Json job = {{"topic", settings_.kafka.topic},
              {"pipeline", settings_.run.pipeline},
              {"checkpointDir", settings_.flink.checkpoint_dir}};
  if (settings_.flink.parallelism) job["parallelism"] = *settings_.flink.parallelism;
  if (settings_.flink.checkpoint_interval) {
    job["checkpointIntervalMs"] = settings_.flink.checkpoint_interval->count();
  }
  return job.dump();
}

runtime::TaskParts Engine::parts() const {
  return {.contract = contract_,
          .catalog = *warehouse_.catalog,
          .store = *warehouse_.store,
          .clock = system_clock()};
}

runtime::TaskOptions Engine::options(const batch::LogIdentity& source) const {
  return {.pipeline = settings_.run.pipeline,
          .source = source,
          .orders = settings_.iceberg.orders,
          .rejects = settings_.iceberg.rejects,
          .open_writers_bytes_max = settings_.run.memory_bytes / 2,
          .reject_limit = {.share_max = settings_.run.rejects_max.per_million / 1e6}};
}

std::string to_json(const runtime::PartWriter::Counts& counts) {
  return Json{{"read", counts.read},
              {"valid", counts.valid},
              {"rejected", counts.rejected},
              {"bytes", counts.bytes},
              {"passedOver", counts.passed_over},
              {"rejectsByReason", counts.rejects_by_reason}}
      .dump();
}

std::string to_json(const runtime::PartCommitter::Done& done) {
  if (done.outcome == runtime::PartCommitter::Outcome::kAlreadyThere) {
    return Json{{"outcome", "already-committed"}}.dump();
  }
  return Json{{"outcome", "committed"},
              {"snapshotId", done.snapshot_id.value()},
              {"valid", done.valid},
              {"rejected", done.rejected},
              {"files", done.files},
              {"bytes", done.bytes},
              {"freshnessMs", done.freshness.value_or(Milliseconds(0)).count()}}
      .dump();
}

std::string to_json(const kafka::MskLogin& login) {
  return Json{{"token", login.token.text.reveal()},
              {"principal", login.principal},
              {"madeAtMs", to_millis(login.made_at)},
              {"useUntilMs", to_millis(login.use_until)}}
      .dump();
}

}  // namespace calve::jni
