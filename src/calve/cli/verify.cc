#include "calve/cli/verify.h"

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ostream.h>
#include <nlohmann/json.hpp>

#include "calve/cli/account.h"
#include "calve/cli/services.h"
#include "calve/cli/table_audit.h"
#include "calve/cli/text_table.h"
#include "calve/commit/position.h"
#include "calve/contract/decoder.h"
#include "calve/contract/reject_columns.h"
#include "calve/datafile/integer_columns.h"

namespace calve::cli {
namespace {

constexpr Milliseconds kPollWait{200};
constexpr Milliseconds kSourceSilenceMax{30'000};  // without a batch, below the position

struct Tables {
  iceberg::TableMetadata orders;
  iceberg::TableMetadata rejects;
};

using RowsByPartition = std::map<PartitionId, TableRows>;

// The place of a table's rows in its source, by the columns that the engine adds.
Result<void> collect_rows(storage::ObjectStore& store, const iceberg::TableMetadata& table,
                          std::vector<std::int64_t> TableRows::* rows, RowsByPartition& collected) {
  const auto* partition = iceberg::find_field(iceberg::current_schema(table), "source_partition");
  const auto* offset = iceberg::find_field(iceberg::current_schema(table), "source_offset");
  if (partition == nullptr || offset == nullptr) {
    return fail(ErrorKind::kInvalidData,
                fmt::format("The table has no columns source_partition and source_offset; is "
                            "it a table of calve's? {}",
                            table.location));
  }
  for (const iceberg::DataFile& file : CALVE_TRY(live_files(store, table))) {
    const std::string bytes = CALVE_TRY(store.read(file.file_path));
    const auto columns =
        CALVE_TRY(datafile::read_integer_columns(bytes, file.file_path, {partition->id, offset->id}));
    for (std::size_t row = 0; row < columns[0].size(); ++row) {
      (collected[PartitionId(static_cast<std::int32_t>(columns[0][row]))].*rows).push_back(columns[1][row]);
    }
  }
  return {};
}

// Reads a partition up to its position, each record once.
Result<PartitionAccount> account_partition(source::PartitionReader& reader, Offset position,
                                           contract::Decoder& decoder, Accountant& accountant,
                                           const Invocation& invocation) {
  accountant.begin(reader.position());
  batch::RecordBatch batch;
  auto last_batch = system_clock().steady_now();
  while (reader.position() < position) {
    if (invocation.stop.stop_requested())
      return fail(ErrorKind::kCancelled, "Stopped before the account was complete");
    const auto outcome = CALVE_TRY(reader.read(batch, {}));
    const auto now = system_clock().steady_now();
    if (outcome == source::ReadOutcome::kNothing) {
      if (now - last_batch > kSourceSilenceMax) {
        return fail(
            ErrorKind::kUnreachable,
            fmt::format(
                "The source gives nothing of partition {} beyond offset {}, the table's position is {}",
                reader.partition(), reader.position(), position));
      }
      std::this_thread::sleep_for(reader.retry_after());
      continue;
    }
    last_batch = now;
    const contract::Decoded& decoded = decoder.decode(batch, Timestamp());
    auto reject = decoded.rejects.begin();
    for (const auto& record : batch.records) {
      if (record.offset >= position) break;
      const bool is_rejected = reject != decoded.rejects.end() && reject->offset == record.offset;
      if (is_rejected) ++reject;
      accountant.record(record.offset, is_rejected ? Verdict::kRejected : Verdict::kValid);
    }
  }
  return accountant.finish();
}

using Accounts = std::map<PartitionId, PartitionAccount>;

Result<Accounts> account_all(const Invocation& invocation, const commit::Position& position,
                             RowsByPartition rows) {
  const contract::Contract contract = CALVE_TRY(load_contract(invocation.settings));
  contract::Decoder decoder(contract);
  const auto source = CALVE_TRY(open_source(invocation.settings, Reading::kAlone, invocation.stop));
  if (position.source && !batch::may_be_same_log(*position.source, source->identity())) {
    return fail(ErrorKind::kConfig,
                "The source is not the log that the table was filled from; check KAFKA_TOPIC, "
                "KAFKA_BOOTSTRAP_SERVERS or CALVE_DATA_DIR");
  }
  std::size_t assigned = 0;
  const auto deadline = system_clock().steady_now() + kSourceSilenceMax;
  while (assigned < position.next.size() && system_clock().steady_now() < deadline) {
    for (const source::Event& event : CALVE_TRY(source->poll(kPollWait, invocation.stop))) {
      if (const auto* news = std::get_if<source::Assigned>(&event)) assigned += news->partitions.size();
    }
  }
  Accounts accounts;
  for (const auto& [partition, next] : position.next) {
    auto readers = CALVE_TRY(source->open({{.partition = partition}}));
    Accountant accountant(std::move(rows[partition]));
    rows.erase(partition);
    accounts[partition] =
        CALVE_TRY(account_partition(*readers.front(), next, decoder, accountant, invocation));
  }
  for (auto& [partition, stranger] : rows)
    accounts[partition] = Accountant(std::move(stranger)).finish();
  return accounts;
}

struct Totals {
  std::int64_t records = 0;
  std::int64_t valid = 0;
  std::int64_t rejected = 0;
  std::int64_t before_source = 0;
  std::int64_t faults = 0;
};

Totals total_of(const Accounts& accounts) {
  Totals totals;
  for (const auto& [partition, account] : accounts) {
    totals.records += account.records;
    totals.valid += account.valid;
    totals.rejected += account.rejected;
    totals.before_source += account.before_source;
    for (const std::int64_t count : account.faults)
      totals.faults += count;
  }
  return totals;
}

void print_json(const Invocation& invocation, const Accounts& accounts,
                const std::vector<std::string>& complaints) {
  nlohmann::ordered_json partitions = nlohmann::ordered_json::array();
  for (const auto& [partition, account] : accounts) {
    nlohmann::ordered_json json = {{"partition", partition.value()},
                                   {"records", account.records},
                                   {"valid", account.valid},
                                   {"rejected", account.rejected},
                                   {"before_source", account.before_source}};
    for (int kind = 0; kind < kFaultKinds; ++kind) {
      const auto index = static_cast<std::size_t>(kind);
      json[std::string(fault_name(static_cast<Fault>(kind)))] = {{"count", account.faults[index]},
                                                                 {"first", account.examples[index]}};
    }
    partitions.push_back(std::move(json));
  }
  const Totals totals = total_of(accounts);
  const nlohmann::ordered_json report = {{"exactly_once", totals.faults == 0 && complaints.empty()},
                                         {"records", totals.records},
                                         {"valid", totals.valid},
                                         {"rejected", totals.rejected},
                                         {"partitions", std::move(partitions)},
                                         {"complaints", complaints}};
  fmt::print(invocation.out, "{}\n", report.dump());
}

void print_text(const Invocation& invocation, const Accounts& accounts,
                const std::vector<std::string>& complaints) {
  std::vector<std::vector<std::string>> rows;
  for (const auto& [partition, account] : accounts) {
    auto& row = rows.emplace_back();
    row = {std::to_string(partition.value()), group_digits(account.records), group_digits(account.valid),
           group_digits(account.rejected)};
    for (const std::int64_t count : account.faults)
      row.push_back(group_digits(count));
  }
  std::vector<TextColumn> columns = {{"partition", Align::kRight},
                                     {"events", Align::kRight},
                                     {"orders", Align::kRight},
                                     {"rejects", Align::kRight}};
  for (int kind = 0; kind < kFaultKinds; ++kind) {
    columns.push_back({std::string(fault_name(static_cast<Fault>(kind))), Align::kRight});
  }
  print_table(invocation.out, columns, rows);
  for (const auto& [partition, account] : accounts) {
    for (int kind = 0; kind < kFaultKinds; ++kind) {
      const auto& examples = account.examples[static_cast<std::size_t>(kind)];
      if (examples.empty()) continue;
      fmt::print(invocation.out, "partition {}, {}: offset {}{}\n", partition,
                 fault_name(static_cast<Fault>(kind)), fmt::join(examples, ", "),
                 examples.size() == PartitionAccount::kExamplesMax ? ", ..." : "");
    }
  }
  for (const std::string& complaint : complaints)
    fmt::print(invocation.out, "{}\n", complaint);
  const Totals totals = total_of(accounts);
  if (totals.before_source > 0) {
    fmt::print(invocation.out, "{} rows are older than the source keeps, and were not held against it\n",
               group_digits(totals.before_source));
  }
  if (totals.faults == 0 && complaints.empty()) {
    fmt::print(invocation.out, "exactly once: {} of {} events accounted for ({} orders, {} rejects)\n",
               group_digits(totals.records), group_digits(totals.records), group_digits(totals.valid),
               group_digits(totals.rejected));
  }
}

Result<void> verify(const Invocation& invocation) {
  const Settings& settings = invocation.settings;
  const std::string& pipeline = settings.run.pipeline;
  const Warehouse warehouse = CALVE_TRY(open_warehouse(settings, invocation.stop));
  const auto orders = CALVE_TRY(warehouse.catalog->load(settings.iceberg.orders)).metadata;
  const auto rejects = CALVE_TRY(warehouse.catalog->load(settings.iceberg.rejects)).metadata;

  RowsByPartition rows;
  CALVE_TRY(collect_rows(*warehouse.store, orders, &TableRows::orders, rows));
  CALVE_TRY(collect_rows(*warehouse.store, rejects, &TableRows::rejects, rows));
  const commit::Position position = CALVE_TRY(commit::read_position(orders, pipeline));
  const Accounts accounts = CALVE_TRY(account_all(invocation, position, std::move(rows)));

  std::vector<std::string> complaints;
  for (const auto* table : {&orders, &rejects}) {
    auto found = CALVE_TRY(audit_table(*warehouse.store, *table, pipeline, orders.location));
    std::ranges::move(found, std::back_inserter(complaints));
  }
  if (invocation.output == OutputFormat::kJson) {
    print_json(invocation, accounts, complaints);
  } else {
    print_text(invocation, accounts, complaints);
  }
  const std::int64_t faults = total_of(accounts).faults;
  if (faults == 0 && complaints.empty()) return {};
  return fail(
      ErrorKind::kInvalidData,
      fmt::format("The tables do not hold each event exactly once: {} offsets and {} files are wrong, named "
                  "above. Stop the writers, keep the tables as they are, and report it",
                  faults, complaints.size()));
}

}  // namespace

Command verify_command() {
  return {.name = "verify",
          .summary = "Account for every offset: each event once in the tables, and nothing else",
          .example = "calve verify\n  calve verify --output json",
          .sections = {"run", "kafka", "file-log", "iceberg"},
          .add_arguments = {},
          .run = verify};
}

}  // namespace calve::cli
