#include "calve/cli/rejects.h"

#include <memory>
#include <string>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ostream.h>

#include "calve/cli/query_output.h"
#include "calve/cli/query_tables.h"

namespace calve::cli {
namespace {

constexpr int kLimitDefault = 20;
constexpr int kLimitMax = 1'000'000;

struct Arguments {
  std::string what;
  int limit = kLimitDefault;
  std::string reason;
};

// A screen has no room for payloads. Times are RFC 3339, as in `calve table`: DuckDB's own text is not, and
// make_timestamp keeps them UTC whatever the session's time zone is.
std::string newest_first(const Arguments& arguments, OutputFormat output) {
  const char* payload = output == OutputFormat::kText ? "" : ", payload";
  const std::string condition =
      arguments.reason.empty() ? "" : fmt::format(" WHERE reason = {}", sql_quote(arguments.reason));
  return fmt::format(
      "SELECT strftime(make_timestamp(epoch_us(rejected_at)), '%Y-%m-%dT%H:%M:%S.%fZ') AS rejected_at, "
      "source_partition AS \"partition\", source_offset AS \"offset\", reason, pointer, "
      "detail{} FROM rejects{} ORDER BY rejects.rejected_at DESC, source_partition, source_offset DESC LIMIT "
      "{}",
      payload, condition, arguments.limit);
}

// Where no event was rejected yet there is no snapshot, and so no view.
Result<bool> has_rejects(DuckDb& duckdb, const std::stop_token& stop) {
  const Statement views =
      CALVE_TRY(duckdb.prepare("SELECT view_name FROM duckdb_views() WHERE view_name = 'rejects'"));
  QueryRows rows = CALVE_TRY(duckdb.text_rows(views, stop));
  return rows.next();
}

Result<void> run(const Invocation& invocation, const Arguments& arguments) {
  DuckDb duckdb = CALVE_TRY(open_tables(invocation));
  if (CALVE_TRY(has_rejects(duckdb, invocation.stop))) {
    return print_query(invocation, duckdb, newest_first(arguments, invocation.output));
  }
  if (invocation.output == OutputFormat::kJson) fmt::print(invocation.out, "[]\n");
  fmt::print(invocation.err, "No event was rejected\n");
  return {};
}

}  // namespace

Command rejects_command() {
  const auto arguments = std::make_shared<Arguments>();  // shared by the two functions below
  return {
      .name = "rejects",
      .summary = "List the events that broke the contract, newest first; --output json with their payloads",
      .example =
          "calve rejects list\n"
          "  calve rejects list --reason missing_field --limit 5 --output json",
      .sections = {"iceberg", "sql"},
      .add_arguments =
          [arguments](CLI::App& app) {
            app.add_option("WHAT", arguments->what, "What to do")->required()->check(CLI::IsMember({"list"}));
            app.add_option("--limit", arguments->limit, fmt::format("How many at most [{}]", kLimitDefault))
                ->check(CLI::Range(1, kLimitMax).description(""))
                ->type_name("N");
            app.add_option("--reason", arguments->reason, "Those of one reason alone, such as missing_field")
                ->type_name("CODE");
          },
      .run = [arguments](const Invocation& invocation) { return run(invocation, *arguments); },
      .outputs = kQueryOutputs};
}

}  // namespace calve::cli
