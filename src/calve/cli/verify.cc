#include "calve/cli/verify.h"

#include <memory>
#include <optional>
#include <utility>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "calve/cli/status_line.h"
#include "calve/cli/text_table.h"
#include "calve/cli/verification.h"
#include "calve/cli/verify_report.h"
#include "calve/config/open_parts.h"

namespace calve::cli {
namespace {

struct Arguments {
  bool decode = true;
  bool strays = true;
};

Result<Verification> verify_with_status(const Invocation& invocation, const Arguments& arguments) {
  const config::Settings& settings = invocation.settings;
  std::optional<contract::Contract> contract;
  if (arguments.decode) contract = CALVE_TRY(config::load_contract(settings));
  const config::Warehouse warehouse = CALVE_TRY(config::open_warehouse(settings, invocation.stop));
  const auto source = CALVE_TRY(config::open_source(settings, config::Reading::kAlone, invocation.stop));
  VerificationProgress progress;
  const StatusLine status(invocation.err, invocation.err_screen, [&] {
    return fmt::format("{} data files, {} events of the source", group_digits(progress.files),
                       group_digits(progress.records));
  });
  return verify_tables({.source = *source,
                        .catalog = *warehouse.catalog,
                        .store = *warehouse.store,
                        .contract = contract ? &*contract : nullptr,
                        .pipeline = settings.run.pipeline,
                        .orders = settings.iceberg.orders,
                        .rejects = settings.iceberg.rejects,
                        .strays = arguments.strays ? Strays::kSearch : Strays::kIgnore},
                       progress, invocation.stop);
}

Result<void> verify(const Invocation& invocation, const Arguments& arguments) {
  const Verification verification = CALVE_TRY(verify_with_status(invocation, arguments));
  if (invocation.output == OutputFormat::kJson) {
    print_verification_json(invocation.out, verification);
  } else {
    print_verification(invocation.out, verification);
  }
  if (verification.is_exact()) return {};
  std::int64_t complaints = 0;
  for (const auto& [kind, complaint] : verification.complaints.by_kind())
    complaints += complaint.count;
  return fail(
      ErrorKind::kInvalidData,
      fmt::format("The tables are not as they must be. Stop the writers, keep the tables and the "
                  "source as they are, and look at what is named above: {} offsets, {} files or ledgers",
                  verification.total().fault_count(), complaints));
}

}  // namespace

Command verify_command() {
  const auto arguments = std::make_shared<Arguments>();  // shared by the two functions below
  return {.name = "verify",
          .summary =
              "Account for every offset up to the position of the table: each event once, and nothing else",
          .example = "calve verify\n  calve verify --no-decode --output json",
          .sections = {"run", "kafka", "file-log", "iceberg"},
          .add_arguments =
              [arguments](CLI::App& app) {
                app.add_flag("--decode,!--no-decode", arguments->decode,
                             "Check that each event lies in the table that the contract says");
                app.add_flag("--strays,!--no-strays", arguments->strays,
                             "Search for files that nothing accounts for");
              },
          .run = [arguments](const Invocation& invocation) { return verify(invocation, *arguments); }};
}

}  // namespace calve::cli
