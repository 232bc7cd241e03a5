#include "calve/catalog/glue_catalog.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "calve/base/crash_point.h"
#include "calve/base/log.h"
#include "calve/base/uuid.h"
#include "calve/catalog/metadata_log.h"
#include "calve/catalog/metadata_text.h"

namespace calve::catalog {
namespace {

using iceberg::TableMetadata;
using nlohmann::json;

constexpr auto kMetadataPathProperty = "write.metadata.path";
constexpr auto kNoVersion = "9223372036854775807";  // a number, as Glue's are, that none of them reaches

json table_request(const TableIdentifier& table) {
  return {{"DatabaseName", table.namespace_levels.front()}, {"Name", table.name}};
}

std::string_view file_name(std::string_view location) {
  return location.substr(location.rfind('/') + 1);
}

// The N of "<N>-<uuid>.metadata.json", for people who list the folder; 0 for a file of another name.
int number_of(std::string_view metadata_location) {
  const std::string_view name = file_name(metadata_location);
  int number = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
  const bool is_number = error == std::errc() && end != name.data() + name.size() && *end == '-';
  return is_number ? number : 0;
}

std::string new_metadata_location(const TableMetadata& metadata, int number) {
  const auto property = metadata.properties.find(kMetadataPathProperty);
  const std::string folder =
      property == metadata.properties.end() ? metadata.location + "/metadata" : property->second;
  return fmt::format("{}/{:05}-{}.metadata.json", folder, number, to_string(random_uuid()));
}

bool is_in_log(const TableMetadata& metadata, const std::string& location) {
  return std::ranges::find(metadata.metadata_log, location, &iceberg::MetadataLogEntry::metadata_file) !=
         metadata.metadata_log.end();
}

// Whatever makes the metadata unreadable, the table is there: it must not be made anew.
Error damaged(const std::string& metadata_location, const Error& why) {
  if (why.kind != ErrorKind::kNotFound) {
    return {why.kind, fmt::format("{}: {}", metadata_location, why.message)};
  }
  return {ErrorKind::kInvalidData,
          fmt::format("Glue's entry of the table names a metadata file that is not there; restore the file, "
                      "or point metadata_location at one that is: {}",
                      metadata_location)};
}

Error unknown_outcome(std::string_view what, const Error& why) {
  return {ErrorKind::kUnknownOutcome, fmt::format("{}: {}", what, why.message)};
}

Result<void> check_namespace(const TableIdentifier& table) {
  if (table.namespace_levels.size() == 1) return {};
  return fail(ErrorKind::kConfig,
              fmt::format("A Glue database has no databases within; set ICEBERG_NAMESPACE "
                          "to one name without dots: {}",
                          to_string(table)));
}

}  // namespace

// A change on its way into the catalog; its metadata file is written.
struct GlueCatalog::Proposal {
  const TableIdentifier& table;
  const LoadedTable& base;
  const GlueTable& before;  // the entry that it replaces
  LoadedTable next;
};

Result<std::unique_ptr<GlueCatalog>> GlueCatalog::open(storage::ObjectStore& store, GlueOptions options) {
  auto client = CALVE_TRY(GlueClient::create(options));
  return std::unique_ptr<GlueCatalog>(new GlueCatalog(store, std::move(options), std::move(client)));
}

GlueCatalog::GlueCatalog(storage::ObjectStore& store, GlueOptions options, std::unique_ptr<GlueClient> client)
    : store_(store), options_(std::move(options)), client_(std::move(client)) {}

std::string GlueCatalog::default_location(const TableIdentifier&) const {
  return "";
}

Result<void> GlueCatalog::probe_swap() {
  return {};
}

// The entry as it is, onto a version that no entry has.
Result<void> GlueCatalog::probe_change(const TableIdentifier& table) {
  GlueTable entry = CALVE_TRY(get_table(table));
  const LoadedTable loaded = CALVE_TRY(load_entry(entry));
  entry.version_id = kNoVersion;
  json request = update_table_request(
      {.table = table, .metadata = loaded.metadata, .metadata_location = loaded.metadata_location}, entry);
  const auto answer = client_->write("UpdateTable", std::move(request));
  if (answer) return {};
  switch (answer.error().kind) {
    case ErrorKind::kFenced:
    case ErrorKind::kConfig:  // "no such version", in whichever words
      return {};
    default:
      return std::unexpected(answer.error());
  }
}

Result<GlueTable> GlueCatalog::get_table(const TableIdentifier& table) {
  const auto missing = [&](std::string_view why) {
    return fail(ErrorKind::kNotFound, fmt::format("There is no table {} in Glue: {}", to_string(table), why));
  };
  if (table.namespace_levels.size() != 1) return missing("a database has no databases within");
  const auto answer = client_->read("GetTable", table_request(table));
  if (!answer) {
    if (answer.error().kind == ErrorKind::kNotFound) return missing(answer.error().message);
    return std::unexpected(answer.error());
  }
  auto entry = parse_glue_table(*answer);
  if (!entry) {
    return fail(entry.error().kind, fmt::format("{}: {}", to_string(table), entry.error().message));
  }
  return entry;
}

Result<LoadedTable> GlueCatalog::load(const TableIdentifier& table) {
  GlueTable entry = CALVE_TRY(get_table(table));
  auto loaded = load_entry(entry);
  for (int again = 1; again < kReadingsMax; ++again) {
    if (loaded || loaded.error().kind != ErrorKind::kInvalidData) break;
    // Between our two looks the table may have moved on so far that the file was deleted.
    const std::string missed = std::move(entry.metadata_location);
    entry = CALVE_TRY(get_table(table));
    if (entry.metadata_location == missed) break;
    loaded = load_entry(entry);
  }
  return loaded;
}

Result<LoadedTable> GlueCatalog::load_entry(const GlueTable& entry) {
  const std::string& location = entry.metadata_location;
  auto bytes = store_.read(location);
  if (!bytes) return std::unexpected(damaged(location, bytes.error()));
  const std::string text = CALVE_TRY(decompress_metadata(location, std::move(*bytes)));
  auto metadata = iceberg::parse_table_metadata(text);
  if (!metadata) return std::unexpected(damaged(location, metadata.error()));
  return LoadedTable{.metadata = std::move(*metadata), .metadata_location = location, .version = location};
}

Result<std::string> GlueCatalog::database_location(const TableIdentifier& table) {
  const std::string& name = table.namespace_levels.front();
  std::string by_default = fmt::format("{}/{}.db", options_.warehouse, name);
  const auto database = client_->read("GetDatabase", {{"Name", name}});
  if (database) {
    const std::string own = CALVE_TRY(parse_database_location(*database));
    return own.empty() ? by_default : own;
  }
  if (database.error().kind != ErrorKind::kNotFound) return std::unexpected(database.error());
  // Sent twice it is there already, which is what was wanted.
  const auto made = client_->read("CreateDatabase", {{"DatabaseInput", {{"Name", name}}}});
  if (!made && made.error().kind != ErrorKind::kAlreadyExists) return std::unexpected(made.error());
  return by_default;
}

SwapOutcome GlueCatalog::create(const TableIdentifier& table, const iceberg::NewTable& first) {
  if (const auto can = check_namespace(table); !can) return NotApplied{can.error()};
  const auto database = database_location(table);
  if (!database) return NotApplied{database.error()};
  iceberg::NewTable placed = first;
  if (placed.location.empty()) placed.location = fmt::format("{}/{}", *database, table.name);
  LoadedTable made{.metadata = iceberg::make_table_metadata(placed)};
  made.metadata_location = made.version = new_metadata_location(made.metadata, 0);
  if (const auto written =
          store_.write(made.metadata_location, iceberg::serialize_table_metadata(made.metadata));
      !written) {
    return NotApplied{written.error()};
  }
  const auto answer = client_->write(
      "CreateTable",
      create_table_request(
          {.table = table, .metadata = made.metadata, .metadata_location = made.metadata_location}));
  if (answer) return Applied{std::move(made)};
  return settle_create(table, std::move(made), answer.error());
}

SwapOutcome GlueCatalog::register_table(const TableIdentifier& table, const std::string& metadata_location) {
  if (const auto can = check_namespace(table); !can) return NotApplied{can.error()};
  auto taken = load_entry({.metadata_location = metadata_location});
  if (!taken) return NotApplied{taken.error()};
  if (const auto database = database_location(table); !database) return NotApplied{database.error()};
  const auto answer = client_->write(
      "CreateTable",
      create_table_request(
          {.table = table, .metadata = taken->metadata, .metadata_location = metadata_location}));
  if (answer) return Applied{std::move(*taken)};
  if (answer.error().kind == ErrorKind::kUnknownOutcome) return Unknown{answer.error()};
  if (answer.error().kind == ErrorKind::kAlreadyExists) return Lost{answer.error()};
  return NotApplied{answer.error()};
}

// What is there is ours if it names our file; if it is another's, ours is not and will not be.
SwapOutcome GlueCatalog::settle_create(const TableIdentifier& table, LoadedTable made, const Error& why) {
  const bool is_open = why.kind == ErrorKind::kUnknownOutcome || why.kind == ErrorKind::kAlreadyExists;
  if (!is_open) {
    discard(made.metadata_location);
    return NotApplied{why};
  }
  const auto now = get_table(table);
  if (!now) return Unknown{unknown_outcome("the table was not found after it was made", now.error())};
  if (now->metadata_location == made.metadata_location) return Applied{std::move(made)};
  const auto current = load_entry(*now);
  const bool is_anothers = current && current->metadata.table_uuid != made.metadata.table_uuid;
  if (!is_anothers && why.kind == ErrorKind::kUnknownOutcome) return Unknown{why};
  if (is_anothers) discard(made.metadata_location);
  return Lost{{ErrorKind::kAlreadyExists, fmt::format("The table exists already: {}", to_string(table))}};
}

SwapOutcome GlueCatalog::swap(const TableIdentifier& table, const LoadedTable& base,
                              const iceberg::TableChange& change) {
  if (const auto holds = iceberg::check(base.metadata, change.requirements); !holds)
    return Lost{holds.error()};
  auto next = iceberg::apply(base.metadata, change.updates, options_.clock->now());
  if (!next) return NotApplied{next.error()};
  log_previous_metadata(*next, base.metadata, base.metadata_location);

  const auto before = get_table(table);
  if (!before) return NotApplied{before.error()};
  if (before->metadata_location != base.metadata_location) {
    return Lost{{ErrorKind::kFenced,
                 fmt::format("Another writer committed to {} first: {} instead of {}", to_string(table),
                             file_name(before->metadata_location), file_name(base.metadata_location))}};
  }
  Proposal proposal{.table = table, .base = base, .before = *before, .next = {.metadata = std::move(*next)}};
  LoadedTable& after = proposal.next;
  after.metadata_location = after.version =
      new_metadata_location(after.metadata, number_of(base.metadata_location) + 1);
  if (const auto written =
          store_.write(after.metadata_location, iceberg::serialize_table_metadata(after.metadata));
      !written) {
    return NotApplied{written.error()};
  }
  SwapOutcome outcome = propose(proposal);
  if (const auto* applied = std::get_if<Applied>(&outcome)) {
    for (const std::string& file : files_out_of_log(base.metadata, applied->table.metadata))
      discard(file);
  }
  return outcome;
}

SwapOutcome GlueCatalog::propose(const Proposal& proposal) {
  const json request = update_table_request({.table = proposal.table,
                                             .metadata = proposal.next.metadata,
                                             .metadata_location = proposal.next.metadata_location},
                                            proposal.before);
  bool may_have_happened = false;
  Error why{ErrorKind::kInternal, ""};
  for (int sending = 1; sending <= kSendingsMax; ++sending) {
    pass(CrashPoint::kBeforeSwap);
    const auto answer = client_->write("UpdateTable", request);
    pass(CrashPoint::kAfterSwapSent);
    if (answer) {
      pass(CrashPoint::kAfterSwapApplied);
      return Applied{proposal.next};
    }
    why = answer.error();
    if (why.kind == ErrorKind::kUnknownOutcome) may_have_happened = true;
    if (why.kind != ErrorKind::kFenced && !may_have_happened) {
      discard(proposal.next.metadata_location);
      return NotApplied{why};
    }
    const auto now = get_table(proposal.table);
    if (!now)
      return Unknown{unknown_outcome("the table could not be read back after its change", now.error())};
    if (now->metadata_location == proposal.next.metadata_location) return Applied{proposal.next};
    if (now->metadata_location != proposal.base.metadata_location) return moved_on(proposal, *now, why);
    if (now->version_id != proposal.before.version_id) {
      // Somebody changed something else of the entry; the VersionId that was asked for is gone for good.
      discard(proposal.next.metadata_location);
      return Lost{{ErrorKind::kFenced, why.message}};
    }
    if (!may_have_happened) return Lost{why};
    log::warn("no answer to the swap, asking again: {}", why.message);
  }
  return Unknown{unknown_outcome("the swap was sent and the table still is as it was", why)};
}

// The entry names a third file, so the request can no longer be served: its VersionId is gone. Whether it
// was is in the log of that file.
SwapOutcome GlueCatalog::moved_on(const Proposal& proposal, const GlueTable& now, const Error& why) {
  auto current = load_entry(now);
  if (!current) return Unknown{unknown_outcome("another change came first or after", current.error())};
  if (is_in_log(current->metadata, proposal.next.metadata_location)) return Applied{std::move(*current)};
  // A log that was trimmed behind our base tells nothing.
  if (!is_in_log(current->metadata, proposal.base.metadata_location)) {
    return Unknown{unknown_outcome("another change came first or after", why)};
  }
  discard(proposal.next.metadata_location);
  return Lost{{ErrorKind::kFenced, fmt::format("Another writer committed to {} first: {}",
                                               to_string(proposal.table), why.message)}};
}

void GlueCatalog::discard(const std::string& metadata_location) {
  if (const auto removed = store_.remove(metadata_location); !removed) {
    log::warn("a metadata file that no table refers to stays behind: {}", removed.error().message);
  }
}

}  // namespace calve::catalog
