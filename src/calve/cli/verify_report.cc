#include "calve/cli/verify_report.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/ostream.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "calve/cli/escape_control.h"
#include "calve/cli/text_table.h"

namespace calve::cli {
namespace {

using Json = nlohmann::ordered_json;

std::string in_words(Fault fault) {
  switch (fault) {
    case Fault::kMissing:
      return "missing";
    case Fault::kDuplicated:
      return "duplicated";
    case Fault::kWrongTable:
      return "wrong table";
    case Fault::kNotInSource:
      return "not in source";
    case Fault::kBeyondPosition:
      return "beyond position";
  }
  std::unreachable();
}

// The last two kinds stand in the table only if there are any, for the table to stay narrow.
bool is_always_shown(int kind) {
  return kind <= static_cast<int>(Fault::kWrongTable);
}

void print_partitions(std::ostream& out, const Verification& verification) {
  const PartitionAccount total = verification.total();
  std::vector<TextColumn> columns = {
      {.name = "partition", .align = Align::kRight}, {.name = "from", .align = Align::kRight},
      {.name = "to", .align = Align::kRight},        {.name = "records", .align = Align::kRight},
      {.name = "valid", .align = Align::kRight},     {.name = "rejected", .align = Align::kRight}};
  std::vector<std::size_t> shown;
  for (int kind = 0; kind < kFaultKinds; ++kind) {
    if (!is_always_shown(kind) && total.faults[static_cast<std::size_t>(kind)] == 0) continue;
    shown.push_back(static_cast<std::size_t>(kind));
    columns.push_back({.name = in_words(static_cast<Fault>(kind)), .align = Align::kRight});
  }
  std::vector<std::vector<std::string>> rows;
  for (const auto& [partition, account] : verification.partitions) {
    std::vector<std::string>& row = rows.emplace_back();
    row = {fmt::to_string(partition),        account.from ? group_digits(account.from->value()) : "-",
           group_digits(account.to.value()), group_digits(account.records),
           group_digits(account.valid),      group_digits(account.rejected)};
    for (const std::size_t kind : shown)
      row.push_back(group_digits(account.faults[kind]));
  }
  print_table(out, columns, rows);
}

void print_faults(std::ostream& out, const Verification& verification) {
  for (const auto& [partition, account] : verification.partitions) {
    for (std::size_t kind = 0; kind < account.faults.size(); ++kind) {
      const std::vector<std::int64_t>& examples = account.examples[kind];
      if (examples.empty()) continue;
      const bool are_all = static_cast<std::int64_t>(examples.size()) == account.faults[kind];
      fmt::print(out, "partition {}: {} {}, at offsets {}{}\n", partition, group_digits(account.faults[kind]),
                 in_words(static_cast<Fault>(kind)), fmt::join(examples, ", "), are_all ? "" : ", ...");
    }
  }
  for (const auto& [kind, complaint] : verification.complaints.by_kind()) {
    for (const std::string& detail : complaint.first)
      fmt::print(out, "{}: {}\n", kind, escape_control(detail));
    const auto unnamed = complaint.count - static_cast<std::int64_t>(complaint.first.size());
    if (unnamed > 0) fmt::print(out, "{}: {} more\n", kind, group_digits(unnamed));
  }
}

// Files astray or ledgers at odds do not change what a reader of the tables sees.
std::string_view verdict(const Verification& verification) {
  if (verification.is_exact()) return "exactly once";
  if (verification.total().fault_count() == 0) return "exactly once, but the tables are NOT in order";
  return "NOT exactly once";
}

}  // namespace

void print_verification(std::ostream& out, const Verification& verification) {
  print_partitions(out, verification);
  print_faults(out, verification);
  const PartitionAccount total = verification.total();
  if (total.before_source > 0) {
    fmt::print(out,
               "{} rows are older than what the source still holds: each is there once, no more is known\n",
               group_digits(total.before_source));
  }
  if (total.rejects_ahead > 0) {
    fmt::print(out, "{} rejects wait for the orders of their epoch, which the next run commits\n",
               group_digits(total.rejects_ahead));
  }
  if (verification.not_read_yet > 0) {
    fmt::print(out, "{} {} after the table's position {} not read yet\n",
               group_digits(verification.not_read_yet), verification.not_read_yet == 1 ? "event" : "events",
               verification.not_read_yet == 1 ? "is" : "are");
  }
  const std::int64_t accounted = total.records - total.faults[static_cast<std::size_t>(Fault::kMissing)];
  fmt::print(out, "{}: {} of {} events accounted for ({} orders, {} rejects)\n", verdict(verification),
             group_digits(accounted), group_digits(total.records), group_digits(total.valid),
             group_digits(total.rejected));
}

void print_verification_json(std::ostream& out, const Verification& verification) {
  Json partitions = Json::array();
  for (const auto& [partition, account] : verification.partitions) {
    Json json = {{"partition", partition.value()},
                 {"from", account.from ? Json(account.from->value()) : Json()},
                 {"to", account.to.value()},
                 {"records", account.records},
                 {"valid", account.valid},
                 {"rejected", account.rejected},
                 {"before_source", account.before_source},
                 {"rejects_ahead", account.rejects_ahead}};
    for (int kind = 0; kind < kFaultKinds; ++kind) {
      const auto index = static_cast<std::size_t>(kind);
      json[std::string(fault_name(static_cast<Fault>(kind)))] = {{"count", account.faults[index]},
                                                                 {"first", account.examples[index]}};
    }
    partitions.push_back(std::move(json));
  }
  Json complaints = Json::object();
  for (const auto& [kind, complaint] : verification.complaints.by_kind()) {
    complaints[kind] = {{"count", complaint.count}, {"first", complaint.first}};
  }
  const PartitionAccount total = verification.total();
  Json report = {{"exactly_once", verification.is_exact()},
                 {"records", total.records},
                 {"valid", total.valid},
                 {"rejected", total.rejected},
                 {"before_source", total.before_source},
                 {"rejects_ahead", total.rejects_ahead},
                 {"not_read_yet", verification.not_read_yet}};
  for (int kind = 0; kind < kFaultKinds; ++kind) {
    report[std::string(fault_name(static_cast<Fault>(kind)))] = total.faults[static_cast<std::size_t>(kind)];
  }
  report["partitions"] = std::move(partitions);
  report["complaints"] = std::move(complaints);
  fmt::print(out, "{}\n", report.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

}  // namespace calve::cli
