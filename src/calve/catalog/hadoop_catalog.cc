#include "calve/catalog/hadoop_catalog.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <map>
#include <optional>
#include <ranges>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "calve/base/crash_point.h"
#include "calve/base/log.h"
#include "calve/catalog/metadata_log.h"
#include "calve/catalog/metadata_text.h"
#include "calve/iceberg/table_property.h"
#include "calve/storage/create_if_absent_probe.h"

namespace calve::catalog {
namespace {

using iceberg::TableMetadata;

// A swap without an answer is settled by sending the same bytes again: whatever of the two arrives
// second finds the file there.
constexpr int kSettleAttemptsMax = 3;

// Old versions are deleted by the commits whose number divides by this, and by each so many at most.
constexpr std::int64_t kTrimEvery = 16;
constexpr std::int64_t kTrimmedVersionsMax = 256;

// A version that is deleted between two looks at the table means that the table is beyond it: look again.
constexpr int kLookAttemptsMax = 3;

// The compression that Iceberg's Java writers put into the name.
enum class Spelling { kPlain, kGzipBeforeSuffix, kGzipAfterSuffix };
constexpr Spelling kSpellings[] = {Spelling::kPlain, Spelling::kGzipBeforeSuffix, Spelling::kGzipAfterSuffix};

std::string metadata_folder(const std::string& table_location) {
  return table_location + "/metadata";
}

std::string metadata_path(const std::string& folder, std::int64_t version,
                          Spelling spelling = Spelling::kPlain) {
  switch (spelling) {
    case Spelling::kPlain:
      return fmt::format("{}/v{}.metadata.json", folder, version);
    case Spelling::kGzipBeforeSuffix:
      return fmt::format("{}/v{}.gz.metadata.json", folder, version);
    case Spelling::kGzipAfterSuffix:
      return fmt::format("{}/v{}.metadata.json.gz", folder, version);
  }
  std::unreachable();
}

std::optional<std::int64_t> parse_version(std::string_view text) {
  std::int64_t version = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), version);
  if (error != std::errc() || version < 1) return std::nullopt;
  const std::string_view rest(end, text.data() + text.size());
  if (rest.find_first_not_of(" \t\r\n") != std::string_view::npos) return std::nullopt;
  return version;
}

// The path of a version's file, or nothing if that version does not exist.
Result<std::optional<std::string>> find_version(storage::ObjectStore& store, const std::string& folder,
                                                std::int64_t version) {
  for (const Spelling spelling : kSpellings) {
    std::string path = metadata_path(folder, version, spelling);
    const auto info = store.stat(path);
    if (info) return path;
    if (info.error().kind != ErrorKind::kNotFound) return std::unexpected(info.error());
  }
  return std::nullopt;
}

// The version that the hint names, if there is a hint that can be one.
Result<std::int64_t> hinted_version(storage::ObjectStore& store, const std::string& folder) {
  const auto text = store.read(folder + "/version-hint.text");
  if (text) return parse_version(*text).value_or(0);
  if (text.error().kind == ErrorKind::kNotFound) return 0;
  return std::unexpected(text.error());
}

// The version that a metadata file's name says, whatever its spelling.
std::optional<std::int64_t> version_of(std::string_view path) {
  const std::string_view name = path.substr(path.rfind('/') + 1);
  const std::size_t dot = name.find('.');
  if (dot == std::string_view::npos || name.find("metadata.json") == std::string_view::npos)
    return std::nullopt;
  return name.starts_with('v') ? parse_version(name.substr(1, dot - 1)) : std::nullopt;
}

// The highest version in the folder, 0 if there is none.
Result<std::int64_t> listed_version(storage::ObjectStore& store, const std::string& folder) {
  std::int64_t highest = 0;
  for (const auto& object : CALVE_TRY(store.list(folder + "/v")))
    highest = std::max(highest, version_of(object.path).value_or(0));
  return highest;
}

struct CurrentVersion {
  std::int64_t number = 0;
  std::string path;
};

// The first version to probe forward from, and its path: the hint's, else the highest of the listing. 0 if
// there is no table, no path if the version went between two looks.
struct ProbeStart {
  std::int64_t version = 0;
  std::optional<std::string> path;
};

Result<ProbeStart> find_probe_start(storage::ObjectStore& store, const std::string& folder) {
  ProbeStart start{.version = CALVE_TRY(hinted_version(store, folder))};
  if (start.version > 0) start.path = CALVE_TRY(find_version(store, folder, start.version));
  if (start.path) return start;
  start.version = CALVE_TRY(listed_version(store, folder));
  if (start.version > 0) start.path = CALVE_TRY(find_version(store, folder, start.version));
  return start;
}

Result<std::optional<CurrentVersion>> find_current(storage::ObjectStore& store, const std::string& folder) {
  for (int attempt = 1; attempt <= kLookAttemptsMax; ++attempt) {
    auto [version, path] = CALVE_TRY(find_probe_start(store, folder));
    if (version == 0) return std::nullopt;
    if (!path) continue;
    while (auto next = CALVE_TRY(find_version(store, folder, version + 1))) {
      ++version;
      path = std::move(next);
    }
    return CurrentVersion{version, std::move(*path)};
  }
  return std::nullopt;  // it is being dropped
}

void write_hint(storage::ObjectStore& store, const std::string& folder, std::int64_t version) {
  const auto written = store.write(folder + "/version-hint.text", std::to_string(version));
  if (!written) log::warn("version hint not written, readers probe forward: {}", written.error().message);
}

// Whether the change takes back that the table was moved.
bool reopens(const iceberg::TableChange& change) {
  return std::ranges::any_of(change.updates, [](const iceberg::TableUpdate& update) {
    const auto* removed = std::get_if<iceberg::RemoveProperties>(&update);
    return removed != nullptr &&
           std::ranges::find(removed->removals, kMovedToProperty) != removed->removals.end();
  });
}

// Deletes the versions that the log no longer names, best effort.
void trim_versions(storage::ObjectStore& store, const std::string& folder, const TableMetadata& current) {
  if (!is_enabled(current, kDeleteAfterCommitProperty, iceberg::Otherwise::kNo)) return;
  if (current.metadata_log.empty()) return;
  const auto oldest = version_of(current.metadata_log.front().metadata_file);
  const auto listed = oldest ? store.list(folder + "/v") : std::vector<storage::ObjectInfo>{};
  if (!listed) return;
  std::map<std::int64_t, std::string> old;
  for (const auto& object : *listed) {
    const auto version = version_of(object.path);
    if (version && *version < *oldest) old.emplace(*version, object.path);
  }
  for (const auto& [version, path] : old | std::views::take(kTrimmedVersionsMax)) {
    if (const auto removed = store.remove(path); !removed) {
      log::warn("an old metadata file is not deleted this time: {}", removed.error().message);
      return;
    }
  }
}

enum class Created { kByUs, kByAnother };

// Creates the object and settles a lost answer as far as it can be settled.
// kUnknownOutcome: it could not.
Result<Created> create_settled(storage::ObjectStore& store, const std::string& path,
                               const std::string& bytes) {
  Result<void> created = store.create(path, bytes);
  bool may_have_happened = false;
  for (int attempt = 1; attempt < kSettleAttemptsMax; ++attempt) {
    if (created || created.error().kind != ErrorKind::kUnknownOutcome) break;
    may_have_happened = true;
    log::warn("no answer to the swap, asking again: {}", created.error().message);
    created = store.create(path, bytes);
  }
  if (created) return Created::kByUs;
  if (created.error().kind != ErrorKind::kAlreadyExists) {
    // That the repeat did not happen says nothing of the attempt before it.
    if (may_have_happened) return fail(ErrorKind::kUnknownOutcome, created.error().message);
    return std::unexpected(created.error());
  }
  // "Already there" may be our own first attempt, whether it was we or a layer below that repeated it.
  const auto present = store.read(path);
  if (!present) {
    return fail(ErrorKind::kUnknownOutcome,
                fmt::format("The metadata file exists and could not be read back to see "
                            "whose it is: {}: {}",
                            path, present.error().message));
  }
  return *present == bytes ? Created::kByUs : Created::kByAnother;
}

}  // namespace

HadoopCatalog::HadoopCatalog(storage::ObjectStore& store, std::string warehouse, const Clock& clock)
    : store_(store), warehouse_(std::move(warehouse)), clock_(clock) {}

std::string HadoopCatalog::default_location(const TableIdentifier& table) const {
  return fmt::format("{}/{}/{}", warehouse_, fmt::join(table.namespace_levels, "/"), table.name);
}

Result<LoadedTable> HadoopCatalog::load(const TableIdentifier& table) {
  const std::string folder = metadata_folder(default_location(table));
  for (int attempt = 1; attempt <= kLookAttemptsMax; ++attempt) {
    auto current = CALVE_TRY(find_current(store_, folder));
    if (!current) break;
    auto bytes = store_.read(current->path);
    if (!bytes && bytes.error().kind == ErrorKind::kNotFound) continue;
    const std::string text = CALVE_TRY(decompress_metadata(current->path, CALVE_TRY(std::move(bytes))));
    auto metadata = iceberg::parse_table_metadata(text);
    if (!metadata) {
      return fail(metadata.error().kind, fmt::format("{}: {}", current->path, metadata.error().message));
    }
    return LoadedTable{.metadata = std::move(*metadata),
                       .metadata_location = std::move(current->path),
                       .version = std::to_string(current->number)};
  }
  return fail(ErrorKind::kNotFound,
              fmt::format("There is no table {} in the warehouse: {}", to_string(table), folder));
}

SwapOutcome HadoopCatalog::create(const TableIdentifier& table, const iceberg::NewTable& first) {
  const std::string folder = metadata_folder(default_location(table));
  const auto current = find_current(store_, folder);
  if (!current) return NotApplied{current.error()};
  if (*current) {
    return Lost{{ErrorKind::kAlreadyExists, fmt::format("The table exists already: {}", to_string(table))}};
  }
  TableMetadata metadata = iceberg::make_table_metadata(first);
  const std::string path = metadata_path(folder, 1);
  const auto created = create_settled(store_, path, iceberg::serialize_table_metadata(metadata));
  if (!created) {
    if (created.error().kind == ErrorKind::kUnknownOutcome) return Unknown{created.error()};
    return NotApplied{created.error()};
  }
  if (*created == Created::kByAnother) {
    return Lost{{ErrorKind::kAlreadyExists,
                 fmt::format("Another writer made the table first: {}", to_string(table))}};
  }
  write_hint(store_, folder, 1);
  return Applied{{.metadata = std::move(metadata), .metadata_location = path, .version = "1"}};
}

SwapOutcome HadoopCatalog::swap(const TableIdentifier& table, const LoadedTable& base,
                                const iceberg::TableChange& change) {
  const auto base_version = parse_version(base.version);
  if (!base_version) {
    return NotApplied{
        {ErrorKind::kInternal, fmt::format("Not a version of a Hadoop table: '{}'", base.version)}};
  }
  if (const auto moved = base.metadata.properties.find(kMovedToProperty);
      moved != base.metadata.properties.end() && !reopens(change)) {
    return NotApplied{{ErrorKind::kConfig,
                       fmt::format("The table {} was moved to another catalog; set ICEBERG_CATALOG_TYPE "
                                   "and ICEBERG_CATALOG_URI to it: {}",
                                   to_string(table), moved->second)}};
  }
  if (const auto holds = iceberg::check(base.metadata, change.requirements); !holds)
    return Lost{holds.error()};
  auto next = iceberg::apply(base.metadata, change.updates, clock_.now());
  if (!next) return NotApplied{next.error()};
  log_previous_metadata(*next, base.metadata, base.metadata_location);

  const std::string folder = metadata_folder(default_location(table));
  const std::int64_t version = *base_version + 1;
  const std::string path = metadata_path(folder, version);
  const std::string bytes = iceberg::serialize_table_metadata(*next);
  // Creating the next version does not by itself notice that the table is gone.
  if (const auto base_file = store_.stat(base.metadata_location); !base_file) {
    if (base_file.error().kind != ErrorKind::kNotFound) return NotApplied{base_file.error()};
    return explain_missing_base(table, base);
  }
  pass(CrashPoint::kBeforeSwap);
  const auto created = create_settled(store_, path, bytes);
  pass(CrashPoint::kAfterSwapSent);
  if (!created) {
    if (created.error().kind == ErrorKind::kUnknownOutcome) return Unknown{created.error()};
    return NotApplied{created.error()};
  }
  if (*created == Created::kByAnother) {
    return Lost{{ErrorKind::kFenced,
                 fmt::format("Another writer committed version {} of {} first", version, to_string(table))}};
  }
  if (auto ghost = settle(table, base, path)) return std::move(*ghost);
  pass(CrashPoint::kAfterSwapApplied);
  write_hint(store_, folder, version);
  pass(CrashPoint::kAfterVersionHint);
  if (version % kTrimEvery == 0) trim_versions(store_, folder, *next);
  return Applied{
      {.metadata = std::move(*next), .metadata_location = path, .version = std::to_string(version)}};
}

// The base is gone with its table, or because others moved the table so far on while this writer slept.
SwapOutcome HadoopCatalog::explain_missing_base(const TableIdentifier& table, const LoadedTable& base) {
  const auto current = load(table);
  if (current) {
    return Lost{{ErrorKind::kFenced, fmt::format("Others committed up to version {} of {}, and version {} is "
                                                 "deleted",
                                                 current->version, to_string(table), base.version)}};
  }
  if (current.error().kind != ErrorKind::kNotFound) return NotApplied{current.error()};
  return NotApplied{
      {ErrorKind::kNotFound, fmt::format("The table was dropped while this process was writing to it; "
                                         "its current metadata is gone: {}",
                                         base.metadata_location)}};
}

// A writer that slept while old versions were deleted finds the next number free again, though the table is
// far beyond it. Nobody deletes a version that the log still names: so the new one is the table's next if it
// is the current one or in the current one's log. Mostly two small looks tell that the table has not moved:
// the base is there, and the hint is not ahead.
std::optional<Unknown> HadoopCatalog::settle(const TableIdentifier& table, const LoadedTable& base,
                                             const std::string& created) {
  const auto hint = hinted_version(store_, metadata_folder(default_location(table)));
  const bool is_ahead = !hint || *hint > version_of(created).value_or(0);
  if (!is_ahead && store_.stat(base.metadata_location)) return std::nullopt;
  const auto current = load(table);
  if (!current) return Unknown{current.error()};
  const auto& log = current->metadata.metadata_log;
  // By number: writers spell the same location in several ways.
  const auto is_created = [&](const auto& entry) {
    return version_of(entry.metadata_file) == version_of(created);
  };
  if (current->metadata_location == created || std::ranges::any_of(log, is_created)) return std::nullopt;
  if (const auto removed = store_.remove(created); !removed) {
    log::warn("a metadata file that nobody reads remains: {}", removed.error().message);
  }
  return Unknown{
      {ErrorKind::kUnknownOutcome,
       fmt::format("The table moved on so far that its log names this version no more: {}", created)}};
}

Result<void> HadoopCatalog::probe_swap() {
  return storage::probe_create_if_absent(store_, {.prefix = warehouse_});
}

}  // namespace calve::catalog
