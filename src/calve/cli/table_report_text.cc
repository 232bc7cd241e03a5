// The screens of `calve table`.

#include <algorithm>
#include <iterator>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ostream.h>

#include "calve/cli/escape_control.h"
#include "calve/cli/table_report.h"
#include "calve/cli/text_table.h"

namespace calve::cli {
namespace {

std::string or_dash(const std::optional<std::int64_t>& number) {
  return number ? group_digits(*number) : "-";
}

// "1.2 MiB"
std::string size_text(std::int64_t bytes) {
  constexpr const char* kUnits[] = {"B", "KiB", "MiB", "GiB", "TiB"};
  auto size = static_cast<double>(bytes);
  std::size_t unit = 0;
  for (; size >= 1'024 && unit + 1 < std::size(kUnits); ++unit)
    size /= 1'024;
  return unit == 0 ? fmt::format("{} B", bytes) : fmt::format("{:.1f} {}", size, kUnits[unit]);
}

// "2026-11-24 13:02:07.123Z": snapshots are stamped in milliseconds.
std::string time_text(Timestamp time) {
  std::string text = format_rfc3339(time);
  text.replace(10, 1, " ");
  return text.erase(23, 3);
}

std::string seconds_text(const std::optional<std::int64_t>& milliseconds) {
  return milliseconds ? fmt::format("{:.1f} s", static_cast<double>(*milliseconds) / 1'000) : "-";
}

void print_fact(std::ostream& out, std::string_view name, const std::string& value) {
  fmt::print(out, "  {:<15}{}\n", name, escape_control(value));
}

// "partition 0 at 1,000, 1 at 980, and 62 more"
std::string position_text(const std::map<PartitionId, Offset>& position) {
  constexpr std::size_t kShownMax = 8;
  if (position.empty()) return "nothing committed yet";
  std::vector<std::string> parts;
  for (const auto& [partition, next] : position) {
    if (parts.size() == kShownMax) {
      parts.push_back(fmt::format("and {} more", position.size() - kShownMax));
      break;
    }
    parts.push_back(fmt::format("{} at {}", partition, group_digits(next.value())));
  }
  return fmt::format("partition {}", fmt::join(parts, ", "));
}

}  // namespace

void print(std::ostream& out, const TableReport& report) {
  fmt::print(out, "{}\n", escape_control(report.name));
  print_fact(out, "location", report.location);
  print_fact(out, "metadata", report.metadata_location);
  print_fact(out, "format version", std::to_string(report.format_version));
  if (const auto& current = report.current) {
    print_fact(
        out, "snapshot",
        fmt::format("{}, {} at {}", current->id, current->operation, time_text(current->committed_at)));
    print_fact(out, "rows", or_dash(current->total_records));
    print_fact(out, "files",
               fmt::format("{}, {}", or_dash(current->total_files),
                           current->total_bytes ? size_text(*current->total_bytes) : "-"));
  } else {
    print_fact(out, "snapshot", "none: the table is empty");
  }
  print_fact(out, "snapshots", group_digits(static_cast<std::int64_t>(report.snapshots)));
  const auto listed = [](const std::vector<std::string>& fields, const char* none) {
    return fields.empty() ? std::string(none) : fmt::format("{}", fmt::join(fields, ", "));
  };
  print_fact(out, "partitioned by", listed(report.partitioned_by, "nothing"));
  print_fact(out, "sorted by", listed(report.sorted_by, "nothing"));
  print_fact(out, "pipeline", report.pipeline);
  print_fact(out, "resumes at", position_text(report.position));

  fmt::print(out, "\n");
  std::vector<std::vector<std::string>> rows;
  for (const ColumnReport& column : report.columns) {
    rows.push_back(
        {fmt::format("{}", column.id), column.name, column.type, column.is_required ? "required" : ""});
  }
  print_table(out, {{"id", Align::kRight}, {"column"}, {"type"}, {""}}, rows);
}

void print(std::ostream& out, const std::vector<SnapshotReport>& reports) {
  std::vector<std::vector<std::string>> rows;
  for (const SnapshotReport& report : reports) {
    rows.push_back({time_text(report.committed_at), fmt::format("{}", report.id), report.operation,
                    or_dash(report.added_records), or_dash(report.total_records), or_dash(report.total_files),
                    seconds_text(report.freshness_ms)});
  }
  print_table(out,
              {{"committed"},
               {"snapshot"},
               {"operation"},
               {"added rows", Align::kRight},
               {"rows", Align::kRight},
               {"files", Align::kRight},
               {"freshness", Align::kRight}},
              rows);
}

void print(std::ostream& out, const std::vector<FileReport>& reports) {
  // By hand, not by print_table: paths stay whole, to be copied.
  std::size_t partition_width = std::string_view("partition").size();
  for (const FileReport& report : reports)
    partition_width = std::max(partition_width, report.partition.size());
  fmt::print(out, "{:<{}}  {:>10}  {:>10}  path\n", "partition", partition_width, "rows", "size");
  fmt::print(out, "{:-<{}}  {:->10}  {:->10}  ----\n", "", partition_width, "", "");
  for (const FileReport& report : reports) {
    fmt::print(out, "{:<{}}  {:>10}  {:>10}  {}\n", escape_control(report.partition), partition_width,
               group_digits(report.records), size_text(report.size_bytes), escape_control(report.path));
  }
}

}  // namespace calve::cli
