#include "calve/commit/table_setup.h"

#include <utility>
#include <variant>

#include <fmt/format.h>

#include "calve/base/log.h"
#include "calve/base/retry.h"
#include "calve/base/uuid.h"
#include "calve/commit/expiry.h"
#include "calve/iceberg/schema_evolution.h"
#include "calve/iceberg/table_update.h"

namespace calve::commit {
namespace {

const RetryPolicy kSetUpRetry{
    .attempts_max = 10, .first_delay = Milliseconds(50), .delay_max = Milliseconds(1'000)};

// The one kind of outcome that is worth another round becomes kUnavailable, which retry() repeats.
Result<void> as_result(const catalog::SwapOutcome& outcome) {
  if (std::holds_alternative<catalog::Applied>(outcome)) return {};
  if (const auto* lost = std::get_if<catalog::Lost>(&outcome)) {
    return fail(ErrorKind::kUnavailable, lost->why.message);
  }
  if (const auto* unknown = std::get_if<catalog::Unknown>(&outcome)) {
    return fail(ErrorKind::kUnavailable, unknown->why.message);  // looked at again before it is repeated
  }
  return std::unexpected(std::get<catalog::NotApplied>(outcome).why);
}

Result<void> make_table(catalog::Catalog& catalog, const WantedTable& wanted, const Clock& clock) {
  const auto outcome =
      catalog.create(wanted.identifier, {.uuid = random_uuid(),
                                         .location = catalog.default_location(wanted.identifier),
                                         .schema = wanted.schema,
                                         .spec = wanted.partition_spec,
                                         .properties = upkeep_properties(),
                                         .created_at = clock.now()});
  if (std::holds_alternative<catalog::Applied>(outcome)) {
    log::info("made the table {}", catalog::to_string(wanted.identifier));
  }
  return as_result(outcome);
}

Result<void> set_up_once(catalog::Catalog& catalog, const WantedTable& wanted, const Clock& clock) {
  const auto table = catalog.load(wanted.identifier);
  if (!table && table.error().kind == ErrorKind::kNotFound) return make_table(catalog, wanted, clock);
  if (!table) return std::unexpected(table.error());

  auto updates = CALVE_TRY(schema_updates(wanted.identifier, table->metadata, wanted.schema));
  if (updates.empty()) return {};
  const auto outcome =
      catalog.swap(wanted.identifier, *table,
                   {.requirements = {iceberg::AssertCurrentSchemaId{table->metadata.current_schema_id},
                                     iceberg::AssertLastAssignedFieldId{table->metadata.last_column_id}},
                    .updates = std::move(updates)});
  if (std::holds_alternative<catalog::Applied>(outcome)) {
    log::info("evolved the schema of {}", catalog::to_string(wanted.identifier));
  }
  return as_result(outcome);
}

}  // namespace

Result<std::vector<iceberg::TableUpdate>> schema_updates(const catalog::TableIdentifier& identifier,
                                                         const iceberg::TableMetadata& table,
                                                         const iceberg::Schema& wanted) {
  auto updates = iceberg::evolve(table, wanted);
  if (updates) return updates;
  return fail(updates.error().kind, fmt::format("The contract does not fit the table {}: {}",
                                                catalog::to_string(identifier), updates.error().message));
}

Result<void> set_up_table(catalog::Catalog& catalog, const WantedTable& wanted, const Clock& clock,
                          const std::stop_token& stop) {
  return retry(kSetUpRetry, stop, [&] { return set_up_once(catalog, wanted, clock); });
}

}  // namespace calve::commit
