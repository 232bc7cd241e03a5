#include "calve/cli/table.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/ostream.h>
#include <nlohmann/json.hpp>

#include "calve/cli/table_audit.h"
#include "calve/cli/table_register.h"
#include "calve/cli/table_report.h"
#include "calve/config/open_parts.h"

namespace calve::cli {
namespace {

constexpr std::size_t kLimitDefault = 20;
constexpr std::size_t kLimitMax = 10'000'000;

enum class What { kShow, kSnapshots, kFiles, kRegister };
const std::vector<std::string> kWhatNames = {"show", "snapshots", "files",
                                             "register"};  // in the order of What

struct Arguments {
  std::string what;  // one of kWhatNames
  bool is_rejects = false;
  std::size_t limit = kLimitDefault;
  std::string from;  // a warehouse, for register
};

void print_json(std::ostream& out, const nlohmann::ordered_json& json) {
  fmt::print(out, "{}\n", json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace));
}

// The first `limit` of the reports, and on stderr how many are not shown.
template <class Report>
void print_list(const Invocation& invocation, std::vector<Report> reports, std::size_t limit) {
  const std::size_t found = reports.size();
  if (found > limit) reports.resize(limit);
  if (invocation.output == OutputFormat::kJson) {
    nlohmann::ordered_json list = nlohmann::ordered_json::array();
    for (const Report& report : reports)
      list.push_back(to_json(report));
    print_json(invocation.out, list);
  } else {
    print(invocation.out, reports);
  }
  if (found > limit) fmt::print(invocation.err, "{} of {}; --limit shows more\n", limit, found);
}

What what_of(const Arguments& arguments) {
  return static_cast<What>(std::ranges::find(kWhatNames, arguments.what) - kWhatNames.begin());
}

Result<void> show(const Invocation& invocation, const Arguments& arguments) {
  const config::Settings& settings = invocation.settings;
  const config::Warehouse warehouse = CALVE_TRY(config::open_warehouse(settings, invocation.stop));
  const auto& name = arguments.is_rejects ? settings.iceberg.rejects : settings.iceberg.orders;
  const auto loaded = warehouse.catalog->load(name);
  if (!loaded && loaded.error().kind == ErrorKind::kNotFound) {
    return fail(ErrorKind::kNotFound, fmt::format("{}. `calve run` makes it", loaded.error().message));
  }
  if (!loaded) return std::unexpected(loaded.error());
  switch (what_of(arguments)) {
    case What::kShow: {
      const TableReport report = CALVE_TRY(report_table(name, *loaded, settings.run.pipeline));
      if (invocation.output == OutputFormat::kJson) {
        print_json(invocation.out, to_json(report));
      } else {
        print(invocation.out, report);
      }
      return {};
    }
    case What::kSnapshots:
      print_list(invocation, report_snapshots(loaded->metadata), arguments.limit);
      return {};
    case What::kFiles: {
      const auto files = CALVE_TRY(live_files(*warehouse.store, loaded->metadata));
      print_list(invocation, CALVE_TRY(report_files(loaded->metadata, files)), arguments.limit);
      return {};
    }
    case What::kRegister:
      break;  // shows nothing
  }
  std::unreachable();
}

Result<void> run(const Invocation& invocation, const Arguments& arguments) {
  if (what_of(arguments) != What::kRegister) return show(invocation, arguments);
  if (arguments.from.empty()) {
    return fail(ErrorKind::kUsage, "Which tables? Name the warehouse that they leave: --from WAREHOUSE");
  }
  return register_tables(invocation, arguments.from);
}

}  // namespace

Command table_command() {
  const auto arguments = std::make_shared<Arguments>();  // shared by the two functions below
  return {.name = "table",
          .summary = "Show what a table's metadata says, or move the tables to another catalog",
          .example =
              "calve table show\n"
              "  calve table snapshots --limit 5\n"
              "  calve table files --rejects --output json\n"
              "  ICEBERG_CATALOG_TYPE=rest ICEBERG_CATALOG_URI=http://localhost:8181 \\\n"
              "    calve table register --from s3://lake/warehouse",
          .sections = {"iceberg"},
          .add_arguments =
              [arguments](CLI::App& app) {
                app.add_option("WHAT", arguments->what, "What to show or do")
                    ->required()
                    ->check(CLI::IsMember(kWhatNames));
                app.add_flag("--rejects", arguments->is_rejects, "The table of the rejected events");
                app.add_option("--limit", arguments->limit,
                               fmt::format("How many snapshots or files at most [{}]", kLimitDefault))
                    ->check(CLI::Range(std::size_t{1}, kLimitMax).description(""))
                    ->type_name("N");
                app.add_option("--from", arguments->from,
                               "register: the Hadoop warehouse whose tables move to the configured catalog")
                    ->type_name("WAREHOUSE");
              },
          .run = [arguments](const Invocation& invocation) { return run(invocation, *arguments); }};
}

}  // namespace calve::cli
