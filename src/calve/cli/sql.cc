#include "calve/cli/sql.h"

#include <iostream>
#include <iterator>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>

#include "calve/cli/query_output.h"
#include "calve/cli/query_tables.h"

namespace calve::cli {

Command sql_command() {
  const auto query = std::make_shared<std::string>();  // shared by the two functions below
  return {.name = "sql",
          .summary = "Ask DuckDB about the tables orders and rejects",
          .example =
              "calve sql \"select status, count(*), sum(total) from orders group by status\"\n"
              "  echo 'select reason, count(*) from rejects group by reason' | calve sql --output json",
          .sections = {"iceberg", "sql"},
          .add_arguments =
              [query](CLI::App& app) {
                app.add_option("QUERY", *query, "One SQL statement; from standard input if it is not given");
              },
          .run = [query](const Invocation& invocation) -> Result<void> {
            std::string text = *query;
            if (text.empty()) text.assign(std::istreambuf_iterator<char>(std::cin), {});
            if (text.find_first_not_of(" \t\r\n;") == std::string::npos) {
              return fail(ErrorKind::kUsage,
                          "No query was given; write calve sql \"select count(*) from orders\"");
            }
            DuckDb duckdb = CALVE_TRY(open_tables(invocation));
            return print_query(invocation, duckdb, text);
          },
          .outputs = kQueryOutputs};
}

}  // namespace calve::cli
