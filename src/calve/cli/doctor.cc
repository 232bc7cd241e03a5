#include "calve/cli/doctor.h"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <fmt/ostream.h>
#include <nlohmann/json.hpp>

#include "calve/base/retry.h"
#include "calve/cli/clock_check.h"
#include "calve/cli/doctor_checks.h"
#include "calve/cli/escape_control.h"
#include "calve/cli/permission_checks.h"
#include "calve/config/open_parts.h"
#include "calve/contract/reject_columns.h"
#include "calve/kafka/permissions.h"
#include "calve/storage/http.h"
#include "calve/storage/location.h"

namespace calve::cli {
namespace {

constexpr Milliseconds kDateWaitMax{5'000};

std::string where_events_are(const config::Settings& settings) {
  if (settings.kafka.client) return fmt::format("topic {}", settings.kafka.topic);
  return fmt::format("file log {}", (settings.file_log.dir / settings.kafka.topic).string());
}

std::string where_tables_are(const config::IcebergSettings& iceberg) {
  if (iceberg.type != config::CatalogType::kRest) return fmt::format("warehouse {}", iceberg.warehouse);
  return iceberg.warehouse.empty() ? fmt::format("catalog {}", iceberg.rest.uri)
                                   : fmt::format("catalog {} of {}", iceberg.warehouse, iceberg.rest.uri);
}

// What time it is at the object store: any answer bears a Date. Nothing if there is no store to ask.
std::optional<Timestamp> server_time(const config::Settings& settings) {
  const auto location = storage::parse_location(settings.iceberg.warehouse);
  if (!location || location->scheme != storage::Scheme::kS3) return std::nullopt;
  const std::string url = settings.s3.endpoint.empty()
                              ? fmt::format("https://s3.{}.amazonaws.com/", settings.s3.region)
                              : settings.s3.endpoint;
  storage::HttpClient http({.connect_timeout = kDateWaitMax, .request_timeout = kDateWaitMax});
  const auto answer = http.send({.method = "GET", .url = url});
  if (!answer) return std::nullopt;
  const auto date = answer->header("date");
  return date ? parse_http_date(*date) : std::nullopt;
}

struct LoadedTables {
  Result<catalog::LoadedTable> orders;
  Result<catalog::LoadedTable> rejects;
};

Finding check_catalog(const config::Settings& settings, const Result<config::Warehouse>& warehouse) {
  if (!warehouse) return failed("warehouse", warehouse.error());
  // To have been opened it has answered.
  if (settings.iceberg.type == config::CatalogType::kRest) {
    return passed("warehouse", fmt::format("{} answers", where_tables_are(settings.iceberg)));
  }
  return check_warehouse(*warehouse->store, settings.iceberg.warehouse);
}

Finding check_swap(const config::Settings& settings, const config::Warehouse& warehouse) {
  if (settings.iceberg.type == config::CatalogType::kHadoop) {
    Finding finding = check_one_winner(*warehouse.store, settings.iceberg.warehouse);
    // It looks whether a version is there and then renames, which on S3 is no single step.
    const auto location = storage::parse_location(settings.iceberg.warehouse);
    if (finding.standing == Standing::kPass && location && location->scheme == storage::Scheme::kS3) {
      finding.cause += "; Iceberg's Java HadoopCatalog must not write here at the same time";
    }
    return finding;
  }
  const auto proven = warehouse.catalog->probe_swap();
  if (!proven) return failed("one winner", proven.error());
  return passed("one winner", "the catalog serves changes that name what they were built on");
}

// A Hadoop catalog's racing writers have shown theirs. Only a table that is there can be tried.
void check_permissions(const config::Settings& settings, const config::Warehouse& warehouse,
                       const LoadedTables& tables, std::vector<Finding>& findings) {
  if (settings.iceberg.type == config::CatalogType::kHadoop) return;
  if (tables.orders) {
    const std::string folder = tables.orders->metadata.location + "/metadata";
    for (Finding& finding : check_file_permissions(*warehouse.store, folder))
      findings.push_back(std::move(finding));
    findings.push_back(check_change_permission(*warehouse.catalog, settings.iceberg.orders));
  } else if (settings.iceberg.type == config::CatalogType::kGlue) {
    for (Finding& finding : check_file_permissions(*warehouse.store, settings.iceberg.warehouse))
      findings.push_back(std::move(finding));
  }
  if (tables.rejects) {
    findings.push_back(check_change_permission(*warehouse.catalog, settings.iceberg.rejects));
  }
}

std::optional<LoadedTables> check_tables(const config::Settings& settings,
                                         const Result<config::Warehouse>& warehouse,
                                         const Result<contract::Contract>& contract,
                                         std::vector<Finding>& findings) {
  findings.push_back(check_catalog(settings, warehouse));
  if (findings.back().standing == Standing::kFail) {
    for (const char* check : {"one winner", "tables", "open epochs"})
      findings.push_back(skipped(check, "the warehouse must be reached first"));
    return std::nullopt;
  }
  findings.push_back(check_swap(settings, *warehouse));

  const config::IcebergSettings& names = settings.iceberg;
  LoadedTables tables{.orders = warehouse->catalog->load(names.orders),
                      .rejects = warehouse->catalog->load(names.rejects)};
  findings.push_back(
      contract ? check_table(tables.orders, {.identifier = names.orders, .wanted = contract->table_schema()})
               : skipped("tables", "the contract must be loaded first"));
  findings.push_back(
      check_table(tables.rejects, {.identifier = names.rejects, .wanted = contract::rejects_schema()}));
  check_permissions(settings, *warehouse, tables, findings);
  if (tables.orders) findings.push_back(check_journals(*warehouse->store, tables.orders->metadata));
  return tables;
}

// What a reader needs besides what finding the topic took.
void check_kafka_permissions(const Invocation& invocation, const Result<SourceState>& source,
                             std::vector<Finding>& findings) {
  const config::KafkaSettings& kafka = invocation.settings.kafka;
  if (!source) {
    findings.push_back(skipped("read topic", "the source must be reached first"));
  } else {
    findings.push_back(check_permission(
        "read topic", kafka::try_fetch(*kafka.client, {.topic = kafka.topic}, invocation.stop)));
  }
  // A topic that is denied says nothing of the group.
  if (!source && is_retryable(source.error().kind)) {
    findings.push_back(skipped("join group", "the source must be reached first"));
  } else {
    findings.push_back(check_permission(
        "join group",
        kafka::try_commit(*kafka.client, {.group = kafka.group_id, .topic = kafka.topic}, invocation.stop)));
  }
}

Result<SourceState> state_of(const Result<std::unique_ptr<source::Source>>& source,
                             const std::stop_token& stop) {
  if (!source) return std::unexpected(source.error());
  return look_at(**source, stop);
}

void check_events(const Invocation& invocation, const std::optional<LoadedTables>& tables,
                  std::vector<Finding>& findings) {
  const config::Settings& settings = invocation.settings;
  const std::string topic = where_events_are(settings);
  std::error_code unused;
  if (!settings.kafka.client &&
      !std::filesystem::exists(settings.file_log.dir / settings.kafka.topic / ".identity", unused)) {
    findings.push_back(warned("source", fmt::format("{} is not there yet", topic),
                              "Set KAFKA_BOOTSTRAP_SERVERS if events come from Kafka, or send some: calve "
                              "produce --count 1000"));
    return;
  }
  const auto source = config::open_source(settings, config::Reading::kAlone, invocation.stop);
  const Result<SourceState> state = state_of(source, invocation.stop);
  findings.push_back(check_source(topic, state));
  if (settings.kafka.client) check_kafka_permissions(invocation, state, findings);
  if (!state) findings.push_back(skipped("position", "the source must be reached first"));
  if (!state || !tables || !tables->orders) return;
  findings.push_back(check_position(**source, *state, tables->orders->metadata, settings.run.pipeline));
}

std::vector<Finding> all_findings(const Invocation& invocation) {
  const config::Settings& settings = invocation.settings;
  std::vector<Finding> findings;
  // Settings that cannot be read end the program before any command runs, by the same words.
  findings.push_back(
      passed("settings", fmt::format("pipeline {}, {}, {}", settings.run.pipeline, where_events_are(settings),
                                     where_tables_are(settings.iceberg))));
  const auto contract = config::load_contract(settings);
  findings.push_back(contract ? passed("contract", fmt::format("{} gives {} columns", contract->version(),
                                                               contract->table_schema().fields.size()))
                              : failed("contract", contract.error()));
  const auto warehouse = config::open_warehouse(settings, invocation.stop);
  const auto tables = check_tables(settings, warehouse, contract, findings);
  check_events(invocation, tables, findings);

  ClockWitnesses witnesses{.server = server_time(settings)};
  if (tables && tables->orders) witnesses.last_writes.push_back(tables->orders->metadata.last_updated);
  if (tables && tables->rejects) witnesses.last_writes.push_back(tables->rejects->metadata.last_updated);
  findings.push_back(check_clock(witnesses, system_clock().now()));
  return findings;
}

void print_json(const Invocation& invocation, const std::vector<Finding>& findings) {
  nlohmann::ordered_json checks = nlohmann::ordered_json::array();
  for (const Finding& finding : findings) {
    nlohmann::ordered_json json = {{"check", finding.check},
                                   {"result", standing_name(finding.standing)},
                                   {"cause", finding.cause},
                                   {"next_step", finding.next_step}};
    if (finding.error_kind) json["error"] = error_kind_name(*finding.error_kind);
    checks.push_back(std::move(json));
  }
  const nlohmann::ordered_json report = {{"ok", first_failure(findings) == nullptr},
                                         {"checks", std::move(checks)}};
  fmt::print(invocation.out, "{}\n", report.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

// Not print_table: causes are whole sentences and must not be shortened.
void print_text(const Invocation& invocation, const std::vector<Finding>& findings) {
  std::size_t width = 0;
  for (const Finding& finding : findings)
    width = std::max(width, finding.check.size());
  for (const Finding& finding : findings) {
    fmt::print(invocation.out, "{:<8} {:<{}}  {}\n", standing_name(finding.standing), finding.check, width,
               escape_control(finding.cause));
    if (!finding.next_step.empty()) {
      fmt::print(invocation.out, "{:<8} {:<{}}  -> {}\n", "", "", width, finding.next_step);
    }
  }
}

Result<void> diagnose(const Invocation& invocation) {
  const std::vector<Finding> findings = all_findings(invocation);
  if (invocation.output == OutputFormat::kJson) {
    print_json(invocation, findings);
  } else {
    print_text(invocation, findings);
  }
  const Finding* failure = first_failure(findings);
  if (failure == nullptr) return {};
  return fail(*failure->error_kind,
              fmt::format("Not ready to run; correct first what '{}' names", failure->check));
}

}  // namespace

Command doctor_command() {
  return {.name = "doctor",
          .summary = "Check settings, contract, warehouse, source, tables, positions and clock",
          .example =
              "calve doctor\n"
              "  ICEBERG_WAREHOUSE=s3://lake/w calve doctor --output json",
          .sections = {"run", "kafka", "file-log", "iceberg"},
          .add_arguments = {},
          .run = diagnose};
}

}  // namespace calve::cli
