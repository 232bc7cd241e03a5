// check_strays of table_audit.h.

#include <charconv>
#include <cstdint>
#include <filesystem>
#include <set>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "calve/cli/table_audit.h"
#include "calve/commit/expiry_journal.h"
#include "calve/commit/journal.h"
#include "calve/storage/location.h"
#include "calve/storage/pending_file.h"

namespace calve::cli {
namespace {

using Paths = std::set<std::string>;

std::string name_of(const std::string& path) {
  return path.substr(path.rfind('/') + 1);
}

// Everything that this version of the table accounts for.
Result<Paths> accounted_for(storage::ObjectStore& store, const catalog::LoadedTable& table) {
  Complaints elsewhere;  // damage is told where the account reads the same files
  Paths paths;
  for (const auto& [path, size] : CALVE_TRY(read_table_files(store, table.metadata, elsewhere)).referred) {
    paths.insert(path);
  }
  paths.insert(table.metadata_location);
  for (const iceberg::MetadataLogEntry& entry : table.metadata.metadata_log)
    paths.insert(entry.metadata_file);
  return paths;
}

// A Hadoop table's v<N>.metadata.json up to the current one, which its log may have forgotten, and the
// hint. Java writers compress some, and keep a checksum of each file beside it on a local disk.
bool belongs_to_run(std::string_view name, std::int64_t current_version) {
  if (name == "version-hint.text") return true;
  if (!name.starts_with('v') || name.find("metadata.json") == std::string_view::npos) return false;
  std::int64_t version = 0;
  const auto [end, error] = std::from_chars(name.data() + 1, name.data() + name.size(), version);
  return error == std::errc() && *end == '.' && version >= 1 && version <= current_version;
}

bool is_accounted_for(const std::string& path, const Paths& paths, const catalog::LoadedTable& table) {
  std::string name = name_of(path);
  std::string checked = path;
  if (name.starts_with('.') && name.ends_with(".crc")) {
    checked = path.substr(0, path.size() - name.size()) + name.substr(1, name.size() - 5);
    name = name_of(checked);
  }
  if (paths.contains(checked)) return true;
  if (checked != table.metadata.location + "/metadata/" + name) return false;
  std::int64_t version = 0;
  const char* const end = table.version.data() + table.version.size();
  const bool is_hadoop = std::from_chars(table.version.data(), end, version).ptr == end;
  // A service may keep metadata files that the log has forgotten; of a table that was moved to it, the
  // Hadoop catalog's too.
  if (!is_hadoop) return name == "version-hint.text" || name.find(".metadata.json") != std::string::npos;
  return belongs_to_run(name, version);
}

Result<void> add_expired(storage::ObjectStore& store, const std::string& location, Paths& paths) {
  for (const std::string& journal : CALVE_TRY(commit::list_expiry_journals(store, location))) {
    const auto text = store.read(journal);
    if (!text && text.error().kind == ErrorKind::kNotFound) continue;  // done since the listing
    if (!text) return std::unexpected(text.error());
    const auto named = CALVE_TRY(commit::parse_expiry_journal(*text, journal));
    paths.insert(journal);
    for (const auto* files : {&named.files.manifest_lists, &named.files.manifests, &named.files.data_files})
      paths.insert(files->begin(), files->end());
  }
  return {};
}

Result<Paths> journaled(storage::ObjectStore& store, const std::string& orders_location) {
  Paths paths;
  for (const commit::OpenJournal& open : CALVE_TRY(commit::read_journals(store, orders_location))) {
    paths.insert(open.path);
    for (const commit::EpochFiles& files : open.journal.tables) {
      for (const std::string& path : commit::epoch_paths(files, open.journal.epoch))
        paths.insert(path);
    }
  }
  return paths;
}

// What a killed process leaves of a file that had no name of its own yet; stores do not list these.
std::vector<std::filesystem::path> temporary_files(const std::string& location) {
  namespace fs = std::filesystem;
  std::vector<fs::path> found;
  const auto parsed = storage::parse_location(location);
  if (!parsed || parsed->scheme != storage::Scheme::kLocal) return found;
  std::error_code code;
  fs::recursive_directory_iterator entry(parsed->key, code);
  for (; !code && entry != fs::recursive_directory_iterator(); entry.increment(code)) {
    if (storage::is_temporary_name(entry->path().filename().string())) found.push_back(entry->path());
  }
  return found;
}

}  // namespace

// The order of the looks matters beside a running engine. A file that was listed is named by a journal
// read afterwards, or its epoch was closed before that: then a table loaded still later refers to it, or
// it is gone.
Result<void> check_strays(const StraySearch& search, Complaints& complaints) {
  catalog::LoadedTable table = CALVE_TRY(search.catalog.load(search.identifier));
  const auto temporary = temporary_files(table.metadata.location);
  const auto listed = CALVE_TRY(search.store.list(table.metadata.location + "/"));
  Paths in_journals = CALVE_TRY(journaled(search.store, search.orders_location));
  CALVE_TRY(add_expired(search.store, table.metadata.location, in_journals));
  table = CALVE_TRY(search.catalog.load(search.identifier));
  const Paths paths = CALVE_TRY(accounted_for(search.store, table));
  for (const storage::ObjectInfo& object : listed) {
    if (in_journals.contains(object.path) || is_accounted_for(object.path, paths, table)) continue;
    if (!search.store.stat(object.path)) continue;  // gone since
    complaints.add(kStrayFile, object.path);
  }
  for (const std::filesystem::path& path : temporary) {
    std::error_code gone;
    if (std::filesystem::exists(path, gone)) complaints.add(kStrayFile, path.string());
  }
  return {};
}

}  // namespace calve::cli
