#include "calve/catalog/rest_catalog.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "calve/base/crash_point.h"
#include "calve/base/log.h"
#include "calve/base/retry.h"
#include "calve/base/uuid.h"
#include "calve/catalog/field_numbering.h"

namespace calve::catalog {
namespace {

// Lent keys are asked for anew so long before they expire.
constexpr std::chrono::minutes kRenewKeysBeforeExpiry{5};
// But not before they are so old, however short a service makes their life.
constexpr std::chrono::seconds kRenewKeysAge{30};

// One key is the whole of these: what a nearer layer says of some, no farther one completes.
constexpr const char* kAccessKey = "s3.access-key-id";
constexpr std::array<std::string_view, 4> kKeyProperties = {
    kAccessKey, "s3.secret-access-key", "s3.session-token", "s3.session-token-expires-at-ms"};

// What the last error of a request is the outcome of. That a repeat did not happen says nothing of the
// sending before it.
SwapOutcome outcome_of(const RestAnswer& answer) {
  Error why = answer.response.error();
  if (answer.may_have_happened) why.kind = ErrorKind::kUnknownOutcome;
  if (why.kind == ErrorKind::kUnknownOutcome) return Unknown{std::move(why)};
  return NotApplied{std::move(why)};
}

// An answer of 2xx that cannot be read is still one: it happened.
SwapOutcome applied_but_unread(const Error& error) {
  return Unknown{
      {ErrorKind::kUnknownOutcome,
       fmt::format("the catalog's answer says that the change is applied, and could not be read: {}",
                   error.message)}};
}

std::optional<SnapshotId> added_snapshot(const iceberg::TableChange& change) {
  for (const auto& update : change.updates) {
    if (const auto* added = std::get_if<iceberg::AddSnapshot>(&update)) return added->snapshot.id;
  }
  return std::nullopt;
}

bool holds(const iceberg::TableMetadata& table, SnapshotId snapshot) {
  return table.current_snapshot_id && iceberg::is_ancestor(table, snapshot, *table.current_snapshot_id);
}

// What is there already stays: the nearest word comes first.
void lay_under(Properties& properties, const Properties& layer) {
  const bool has_key = properties.contains(kAccessKey);
  for (const auto& [name, value] : layer) {
    const bool is_of_a_key = std::ranges::find(kKeyProperties, name) != kKeyProperties.end();
    if (!has_key || !is_of_a_key) properties.emplace(name, value);
  }
}

bool is_below(const std::string& path, const std::string& location) {
  return path.starts_with(location) &&
         (path.size() == location.size() || location.ends_with('/') || path[location.size()] == '/');
}

bool expires_soon(const Properties& properties, Timestamp now) {
  const auto expiry = properties.find("s3.session-token-expires-at-ms");
  if (expiry == properties.end()) return false;
  const std::string& text = expiry->second;
  std::int64_t millis = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), millis);
  if (error != std::errc() || end != text.data() + text.size()) return false;
  return now + kRenewKeysBeforeExpiry >= Timestamp(Milliseconds(millis));
}

}  // namespace

Result<std::unique_ptr<RestCatalog>> RestCatalog::connect(RestOptions options) {
  auto client = CALVE_TRY(RestClient::create(options));
  RestRequest request{.method = "GET", .path = "v1/config"};
  if (!options.warehouse.empty()) request.query.emplace_back("warehouse", options.warehouse);
  const auto response = client->read(request);
  if (!response && response.error().kind != ErrorKind::kNotFound) return std::unexpected(response.error());
  auto config = response ? parse_rest_config(response->body) : std::unexpected(response.error());
  if (!config) {
    return fail(ErrorKind::kConfig,
                fmt::format("What answers is no Iceberg REST catalog, or has no such warehouse; set "
                            "ICEBERG_CATALOG_URI to what stands before /v1, and check ICEBERG_WAREHOUSE: "
                            "{}: {}",
                            options.uri, config.error().message));
  }
  return std::unique_ptr<RestCatalog>(
      new RestCatalog(std::move(options), std::move(client), std::move(*config)));
}

RestCatalog::RestCatalog(RestOptions options, std::unique_ptr<RestClient> client, RestConfig config)
    : options_(std::move(options)), client_(std::move(client)), config_(std::move(config)) {}

Result<void> RestCatalog::require(RestRoute route) const {
  if (config_.routes.contains(route)) return {};
  return fail(
      ErrorKind::kUnsupported,
      fmt::format("The catalog does not serve what this needs; use another one: {}", route_text(route)));
}

std::string RestCatalog::default_location(const TableIdentifier&) const {
  return "";
}

Result<void> RestCatalog::probe_swap() {
  return require(RestRoute::kCommitTable);
}

Result<LoadedTable> RestCatalog::load(const TableIdentifier& table) {
  return remember(table, CALVE_TRY(load_table(table)));
}

Result<RestTable> RestCatalog::load_table(const TableIdentifier& table) {
  CALVE_TRY(require(RestRoute::kLoadTable));
  const auto response = client_->read(asking_for_keys({.method = "GET", .path = table_path(config_, table)}));
  if (!response) {
    if (response.error().kind != ErrorKind::kNotFound) return std::unexpected(response.error());
    return fail(ErrorKind::kNotFound, fmt::format("There is no table {} in the catalog: {}", to_string(table),
                                                  response.error().message));
  }
  auto parsed = parse_rest_table(response->body);
  if (!parsed) {
    return fail(parsed.error().kind,
                fmt::format("The catalog's answer is not the metadata of a table: {}: {}", to_string(table),
                            parsed.error().message));
  }
  return parsed;
}

SwapOutcome RestCatalog::create(const TableIdentifier& table, const iceberg::NewTable& first) {
  if (const auto served = require(RestRoute::kCreateTable); !served) return NotApplied{served.error()};
  if (const auto made = create_namespace(table.namespace_levels); !made) return NotApplied{made.error()};
  return is_numbered_afresh(first.schema) ? create_plain(table, first) : create_staged(table, first);
}

SwapOutcome RestCatalog::create_plain(const TableIdentifier& table, const iceberg::NewTable& first) {
  const RestRequest request = with_key(create_request(table, first, Staging::kNone));
  return created(table, client_->write(request, repeat_by_key()));
}

// A table that is made at once gets the field ids of the service; one that is committed keeps its own.
SwapOutcome RestCatalog::create_staged(const TableIdentifier& table, iceberg::NewTable first) {
  if (const auto served = require(RestRoute::kCommitTable); !served) return NotApplied{served.error()};
  const auto staged = client_->read(create_request(table, first, Staging::kStaged));
  if (!staged) {
    if (staged.error().kind != ErrorKind::kFenced) return NotApplied{staged.error()};
    return Lost{{ErrorKind::kAlreadyExists, staged.error().message}};
  }
  const auto place = parse_rest_table(staged->body);
  if (!place) return NotApplied{place.error()};
  first.location = place->table.metadata.location;
  const RestRequest request =
      with_key({.method = "POST", .path = table_path(config_, table), .body = first_change_json(first)});
  return created(table, client_->write(request, repeat_by_key()));
}

SwapOutcome RestCatalog::created(const TableIdentifier& table, const RestAnswer& answer) {
  if (answer.response) {
    auto made = parse_rest_table(answer.response->body);
    if (!made) return applied_but_unread(made.error());
    return Applied{remember(table, std::move(*made))};
  }
  if (answer.response.error().kind == ErrorKind::kFenced && !answer.may_have_happened) {
    return Lost{{ErrorKind::kAlreadyExists, answer.response.error().message}};
  }
  return outcome_of(answer);
}

RestRequest RestCatalog::create_request(const TableIdentifier& table, const iceberg::NewTable& first,
                                        Staging staging) const {
  return asking_for_keys({.method = "POST",
                          .path = tables_path(config_, table.namespace_levels),
                          .body = create_table_json(table.name, first, staging)});
}

SwapOutcome RestCatalog::register_table(const TableIdentifier& table, const std::string& metadata_location) {
  if (const auto served = require(RestRoute::kRegisterTable); !served) return NotApplied{served.error()};
  if (const auto made = create_namespace(table.namespace_levels); !made) return NotApplied{made.error()};
  const RestRequest request = with_key({.method = "POST",
                                        .path = register_path(config_, table.namespace_levels),
                                        .body = register_table_json(table.name, metadata_location)});
  return created(table, client_->write(request, repeat_by_key()));
}

Result<void> RestCatalog::create_namespace(const std::vector<std::string>& levels) {
  // Where nobody may make one through this protocol, it is there already.
  if (!require(RestRoute::kCreateNamespace)) return {};
  for (std::size_t depth = 1; depth <= levels.size(); ++depth) {
    const auto made =
        client_->read({.method = "POST",
                       .path = namespaces_path(config_),
                       .body = create_namespace_json(
                           {levels.begin(), levels.begin() + static_cast<std::ptrdiff_t>(depth)})});
    // It is there already, or may not be made by us: then making the table tells whether it is there.
    if (made || !is_retryable(made.error().kind)) continue;
    return std::unexpected(made.error());
  }
  return {};
}

SwapOutcome RestCatalog::swap(const TableIdentifier& table, const LoadedTable& base,
                              const iceberg::TableChange& change) {
  if (const auto served = require(RestRoute::kCommitTable); !served) return NotApplied{served.error()};
  const RestRequest request = with_key({.method = "POST",
                                        .path = table_path(config_, table),
                                        .body = iceberg::to_json(assert_base(change, base.metadata)).dump()});
  const Repeat repeat = added_snapshot(change) ? Repeat::kHarmless : repeat_by_key();
  pass(CrashPoint::kBeforeSwap);
  const RestAnswer answer = client_->write(request, repeat);
  pass(CrashPoint::kAfterSwapSent);
  if (answer.response) {
    auto after = parse_rest_table(answer.response->body);
    if (!after) return applied_but_unread(after.error());
    pass(CrashPoint::kAfterSwapApplied);
    return Applied{std::move(after->table)};
  }
  if (answer.response.error().kind == ErrorKind::kFenced) {
    return settle_conflict({.table = table, .base = base, .change = change}, answer);
  }
  return outcome_of(answer);
}

// Another was first, and may have been ourselves: a sending whose answer was lost, or one that somebody
// in between repeated.
SwapOutcome RestCatalog::settle_conflict(const Swap& swap, const RestAnswer& answer) {
  const Error& conflict = answer.response.error();
  Unknown unknown{{ErrorKind::kUnknownOutcome, conflict.message}};
  const auto snapshot = added_snapshot(swap.change);
  if (!snapshot) {
    // Without a snapshot nothing in the table tells whose change it holds.
    if (answer.may_have_happened) return unknown;
    return Lost{conflict};
  }
  auto current = load(swap.table);
  if (!current) {
    return Unknown{{ErrorKind::kUnknownOutcome,
                    fmt::format("another change of the table was first, and the table could not be read "
                                "back to see whose it is: {}: {}",
                                current.error().message, conflict.message)}};
  }
  if (holds(current->metadata, *snapshot)) {
    return Applied{std::move(*current)};
  }
  // While the head has not moved, the sending that was not answered may still be served.
  const bool has_moved = current->metadata.current_snapshot_id != swap.base.metadata.current_snapshot_id;
  if (answer.may_have_happened && !has_moved) return unknown;
  return Lost{conflict};
}

RestRequest RestCatalog::asking_for_keys(RestRequest request) const {
  if (options_.vended_credentials == VendedCredentials::kAsked) {
    request.headers.emplace_back("X-Iceberg-Access-Delegation", "vended-credentials");
  }
  return request;
}

Repeat RestCatalog::repeat_by_key() const {
  return config_.takes_idempotency_keys ? Repeat::kHarmless : Repeat::kHarmful;
}

RestRequest RestCatalog::with_key(RestRequest request) const {
  if (config_.takes_idempotency_keys) {
    request.headers.emplace_back("Idempotency-Key", to_string(time_ordered_uuid(options_.clock->now())));
  }
  return request;
}

LoadedTable RestCatalog::remember(const TableIdentifier& table, RestTable loaded) {
  const std::scoped_lock lock(mutex_);
  storage_.insert_or_assign(to_string(table), KnownStorage{.table = table,
                                                           .location = loaded.table.metadata.location,
                                                           .loaded_at = options_.clock->now(),
                                                           .config = std::move(loaded.config),
                                                           .lent = std::move(loaded.lent)});
  return std::move(loaded.table);
}

Result<RestCatalog::KnownStorage> RestCatalog::known_storage(const std::string& path) const {
  const std::scoped_lock lock(mutex_);
  for (const auto& [name, known] : storage_) {
    if (is_below(path, known.location)) return known;
  }
  return fail(ErrorKind::kInternal,
              fmt::format("No table that was loaded from the catalog lies where this is: {}", path));
}

StorageAccess RestCatalog::access_by(const KnownStorage& known, const std::string& path) const {
  const LentCredentials* nearest = nullptr;
  for (const LentCredentials& lent : known.lent) {
    if (!path.starts_with(lent.prefix)) continue;
    if (nearest == nullptr || lent.prefix.size() > nearest->prefix.size()) nearest = &lent;
  }
  StorageAccess access{.prefix = known.location + (known.location.ends_with('/') ? "" : "/")};
  if (nearest != nullptr) {
    access.properties = nearest->properties;
    if (nearest->prefix.size() > access.prefix.size()) access.prefix = nearest->prefix;
  }
  for (const Properties* layer :
       {&known.config, &config_.overrides, &options_.properties, &config_.defaults}) {
    lay_under(access.properties, *layer);
  }
  return access;
}

Result<StorageAccess> RestCatalog::storage_access(const std::string& path) {
  const KnownStorage known = CALVE_TRY(known_storage(path));
  StorageAccess access = access_by(known, path);
  const Timestamp now = options_.clock->now();
  if (now - known.loaded_at < kRenewKeysAge || !expires_soon(access.properties, now)) return access;
  return renewed_storage_access(path);
}

Result<StorageAccess> RestCatalog::renewed_storage_access(const std::string& path) {
  const KnownStorage known = CALVE_TRY(known_storage(path));
  CALVE_TRY(load(known.table));
  return access_by(known_storage(path).value_or(known), path);  // it may lie elsewhere now
}

}  // namespace calve::catalog
