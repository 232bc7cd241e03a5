#include "calve/cli/query_output.h"

#include <iterator>
#include <optional>
#include <ostream>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ostream.h>
#include <nlohmann/json.hpp>

#include "calve/cli/escape_control.h"
#include "calve/cli/text_table.h"

namespace calve::cli {
namespace {

std::string csv_cell(std::optional<std::string_view> text) {
  if (!text) return "";
  if (!text->empty() && text->find_first_of(",\"\r\n") == std::string_view::npos) return std::string(*text);
  std::string quoted = "\"";
  for (const char c : *text) {
    quoted += c;
    if (c == '"') quoted += c;
  }
  return quoted + "\"";
}

Result<void> print_csv(std::ostream& out, const Statement& statement, QueryRows rows) {
  std::vector<std::string> cells;
  for (const QueryColumn& column : statement.columns)
    cells.push_back(csv_cell(column.name));
  fmt::print(out, "{}\n", fmt::join(cells, ","));
  while (out.good() && CALVE_TRY(rows.next())) {
    cells.clear();
    for (const auto& value : rows.values())
      cells.push_back(csv_cell(value));
    fmt::print(out, "{}\n", fmt::join(cells, ","));
  }
  return {};
}

std::vector<std::string> json_names(const Statement& statement) {
  std::vector<std::string> names;
  for (const QueryColumn& column : statement.columns)
    names.push_back(nlohmann::json(column.name).dump());
  return names;
}

std::string json_object(const std::vector<std::string>& names, const QueryRows& row) {
  std::string object = "{";
  for (std::size_t i = 0; i < names.size(); ++i) {
    fmt::format_to(std::back_inserter(object), "{}{}:{}", i == 0 ? "" : ",", names[i],
                   row.values()[i].value_or("null"));
  }
  return object + "}";
}

Result<void> print_ndjson(std::ostream& out, const Statement& statement, QueryRows rows) {
  const std::vector<std::string> names = json_names(statement);
  while (out.good() && CALVE_TRY(rows.next()))
    fmt::print(out, "{}\n", json_object(names, rows));
  return {};
}

Result<void> print_json(std::ostream& out, const Statement& statement, QueryRows rows) {
  const std::vector<std::string> names = json_names(statement);
  std::string_view separator = "[";
  while (out.good() && CALVE_TRY(rows.next()))
    fmt::print(out, "{}{}", std::exchange(separator, ",\n"), json_object(names, rows));
  fmt::print(out, "{}]\n", separator == "[" ? "[" : "");
  return {};
}

Result<void> print_text(const Invocation& invocation, const Statement& statement, QueryRows rows) {
  std::vector<TextColumn> columns;
  for (const QueryColumn& column : statement.columns)
    columns.push_back(
        {.name = column.name, .align = column.kind == ColumnKind::kOther ? Align::kLeft : Align::kRight});
  std::vector<std::vector<std::string>> lines;
  std::size_t count = 0;
  for (; CALVE_TRY(rows.next()); ++count) {
    if (count >= kTextRowsMax) continue;
    auto& line = lines.emplace_back();
    for (const auto& value : rows.values())
      line.emplace_back(value.value_or("NULL"));
  }
  print_table(invocation.out, columns, lines, invocation.out_line_width);
  invocation.out.flush();
  fmt::print(invocation.err, "{} row{}{}\n", group_digits(static_cast<std::int64_t>(count)),
             count == 1 ? "" : "s",
             count > lines.size() ? fmt::format(", the first {} shown; --output csv or ndjson gives all",
                                                group_digits(static_cast<std::int64_t>(lines.size())))
                                  : "");
  return {};
}

Result<void> print_plan(std::ostream& out, QueryRows rows) {
  while (CALVE_TRY(rows.next()))
    fmt::print(out, "{}\n", escape_control_in_lines(rows.values().back().value_or("")));
  return {};
}

Result<void> print_rows(const Invocation& invocation, DuckDb& duckdb, const Statement& select) {
  std::ostream& out = invocation.out;
  switch (invocation.output) {
    case OutputFormat::kText:
      return print_text(invocation, select, CALVE_TRY(duckdb.text_rows(select, invocation.stop)));
    case OutputFormat::kCsv:
      return print_csv(out, select, CALVE_TRY(duckdb.text_rows(select, invocation.stop)));
    case OutputFormat::kJson:
      return print_json(out, select, CALVE_TRY(duckdb.json_rows(select, invocation.stop)));
    case OutputFormat::kNdjson:
      return print_ndjson(out, select, CALVE_TRY(duckdb.json_rows(select, invocation.stop)));
  }
  std::unreachable();
}

}  // namespace

Result<void> print_query(const Invocation& invocation, DuckDb& duckdb, const std::string& query) {
  const Statement statement = CALVE_TRY(duckdb.prepare(query));
  switch (statement.kind) {
    case StatementKind::kSelect:
      return print_rows(invocation, duckdb, statement);
    case StatementKind::kExplain:
      return print_plan(invocation.out, CALVE_TRY(duckdb.explain(statement, invocation.stop)));
    case StatementKind::kOther:
      return duckdb.execute(query);
  }
  std::unreachable();
}

}  // namespace calve::cli
