#include "calve/cli/table_register.h"

#include <filesystem>
#include <utility>
#include <variant>

#include <fmt/ostream.h>
#include <nlohmann/json.hpp>

#include "calve/base/retry.h"
#include "calve/catalog/hadoop_catalog.h"
#include "calve/config/open_parts.h"

namespace calve::cli {
namespace {

using catalog::Catalog;
using catalog::LoadedTable;
using catalog::TableIdentifier;

const RetryPolicy kCloseRetry{.attempts_max = 10, .first_delay = Milliseconds(50)};

struct Move {
  Catalog& source;
  Catalog& target;
  std::string target_name;  // for whoever finds the table closed
};

struct Moved {
  TableIdentifier table;
  std::string metadata_location;
};

Result<void> as_result(const catalog::SwapOutcome& outcome) {
  if (std::holds_alternative<catalog::Applied>(outcome)) return {};
  if (const auto* refused = std::get_if<catalog::NotApplied>(&outcome)) return std::unexpected(refused->why);
  // Looked at again before it is repeated.
  if (const auto* lost = std::get_if<catalog::Lost>(&outcome)) {
    return fail(ErrorKind::kUnavailable, lost->why.message);
  }
  return fail(ErrorKind::kUnavailable, std::get<catalog::Unknown>(outcome).why.message);
}

// The last version that the source's writers made; none comes after it.
Result<std::string> close_table(const Move& move, const TableIdentifier& table, const std::stop_token& stop) {
  return retry(kCloseRetry, stop, [&]() -> Result<std::string> {
    const LoadedTable current = CALVE_TRY(move.source.load(table));
    if (current.metadata.properties.contains(catalog::kMovedToProperty)) {
      if (current.metadata.metadata_log.empty()) {
        return fail(ErrorKind::kInvalidData,
                    fmt::format("The table is closed, and does not say what it was before: {}",
                                current.metadata_location));
      }
      return current.metadata.metadata_log.back().metadata_file;
    }
    CALVE_TRY(as_result(move.source.swap(
        table, current,
        {.updates = {iceberg::SetProperties{{{catalog::kMovedToProperty, move.target_name}}}}})));
    return current.metadata_location;
  });
}

// The other catalog did not take the table: whoever writes to it here may go on.
Error reopen_table(const Move& move, const TableIdentifier& table, Error why) {
  const auto closed = move.source.load(table);
  const auto opened =
      closed ? as_result(move.source.swap(
                   table, *closed, {.updates = {iceberg::RemoveProperties{{catalog::kMovedToProperty}}}}))
             : Result<void>(std::unexpected(closed.error()));
  why.message += opened
                     ? ". The table stays where it was"
                     : ". The table in the warehouse is closed; call this again: " + opened.error().message;
  return why;
}

Result<Moved> move_table(const Move& move, const TableIdentifier& table, const std::stop_token& stop) {
  const auto present = move.target.load(table);
  if (!present && present.error().kind != ErrorKind::kNotFound) return std::unexpected(present.error());
  const LoadedTable before = CALVE_TRY(move.source.load(table));
  if (present && present->metadata.table_uuid != before.metadata.table_uuid) {
    return fail(ErrorKind::kAlreadyExists,
                fmt::format("The catalog has another table of this name; choose another ICEBERG_NAMESPACE or "
                            "drop that one: {}",
                            catalog::to_string(table)));
  }
  Moved moved{.table = table};
  moved.metadata_location = CALVE_TRY(close_table(move, table, stop));
  if (present) return moved;  // moved already, by an earlier call
  const auto outcome = move.target.register_table(table, moved.metadata_location);
  if (std::holds_alternative<catalog::Applied>(outcome)) return moved;
  // Whatever the answer was, the table tells.
  const auto registered = move.target.load(table);
  if (registered && registered->metadata.table_uuid == before.metadata.table_uuid) return moved;
  const Error why = as_result(outcome).error();
  if (std::holds_alternative<catalog::NotApplied>(outcome)) {
    return std::unexpected(reopen_table(move, table, why));
  }
  return std::unexpected(why);
}

void print_moved(const Invocation& invocation, const Move& move, const Moved& moved) {
  const std::string name = catalog::to_string(moved.table);
  if (invocation.output == OutputFormat::kJson) {
    fmt::print(
        invocation.out, "{}\n",
        nlohmann::ordered_json(
            {{"table", name}, {"metadata_location", moved.metadata_location}, {"catalog", move.target_name}})
            .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
    return;
  }
  fmt::print(invocation.out, "{} is now in {}, from {} on\n", name, move.target_name,
             moved.metadata_location);
}

}  // namespace

Result<void> register_tables(const Invocation& invocation, const std::string& from) {
  const config::Settings& settings = invocation.settings;
  if (settings.iceberg.type == config::CatalogType::kHadoop) {
    return fail(ErrorKind::kConfig,
                "The settings name a Hadoop catalog; set ICEBERG_CATALOG_TYPE and ICEBERG_CATALOG_URI to the "
                "catalog that the tables are to move to");
  }
  config::Settings old = settings;
  old.iceberg.type = config::CatalogType::kHadoop;
  old.iceberg.warehouse =
      from.contains(":/") ? from : std::filesystem::absolute(from).lexically_normal().string();
  while (old.iceberg.warehouse.size() > 1 && old.iceberg.warehouse.ends_with('/'))
    old.iceberg.warehouse.pop_back();
  const config::Warehouse source = CALVE_TRY(config::open_warehouse(old, invocation.stop));
  const config::Warehouse target = CALVE_TRY(config::open_warehouse(settings, invocation.stop));
  const Move move{
      .source = *source.catalog,
      .target = *target.catalog,
      .target_name = settings.iceberg.rest.uri.empty() ? "the Glue catalog" : settings.iceberg.rest.uri};

  // Orders last: where they are, the position that counts is.
  for (const TableIdentifier& table : {settings.iceberg.rejects, settings.iceberg.orders}) {
    auto moved = move_table(move, table, invocation.stop);
    if (!moved && moved.error().kind == ErrorKind::kNotFound && table == settings.iceberg.rejects) continue;
    if (!moved) return std::unexpected(moved.error());
    print_moved(invocation, move, *moved);
  }
  return {};
}

}  // namespace calve::cli
