#include "calve/cli/table_audit.h"

#include <optional>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "calve/commit/journal.h"
#include "calve/commit/ledger.h"
#include "calve/iceberg/manifest.h"

namespace calve::cli {
namespace {

using Complaints = std::vector<std::string>;

// By path; the size is known of data files alone.
using References = std::map<std::string, std::optional<std::int64_t>>;

Result<References> references(storage::ObjectStore& store, const iceberg::TableMetadata& table) {
  References referred;
  for (const iceberg::Snapshot& snapshot : table.snapshots) {
    referred.try_emplace(snapshot.manifest_list, std::nullopt);
    for (const auto& file :
         CALVE_TRY(iceberg::read_manifest_list(CALVE_TRY(store.read(snapshot.manifest_list))))) {
      if (!referred.try_emplace(file.manifest_path, file.manifest_length).second) continue;
      const auto manifest = CALVE_TRY(iceberg::read_manifest(CALVE_TRY(store.read(file.manifest_path))));
      for (const auto& entry : manifest.entries) {
        if (entry.status == iceberg::EntryStatus::kDeleted) continue;
        referred.try_emplace(entry.data_file.file_path, entry.data_file.file_size_in_bytes);
      }
    }
  }
  return referred;
}

void check_sizes(const References& referred, const std::map<std::string, std::int64_t>& present,
                 Complaints& complaints) {
  for (const auto& [path, size] : referred) {
    const auto found = present.find(path);
    if (found == present.end()) {
      complaints.push_back(fmt::format("a snapshot refers to a file that is not there: {}", path));
    } else if (size && found->second != *size) {
      complaints.push_back(
          fmt::format("the file has {} bytes, the table says {}: {}", found->second, *size, path));
    }
  }
}

Result<void> check_ledgers(const iceberg::TableMetadata& table, const std::string& pipeline,
                           Complaints& complaints) {
  std::map<PartitionId, Offset> begins;  // of the snapshot's successors, walking back
  const iceberg::Snapshot* snapshot = iceberg::current_snapshot(table);
  while (snapshot != nullptr) {
    if (const auto ledger = CALVE_TRY(commit::read_ledger(snapshot->summary, pipeline))) {
      for (const commit::LedgerRange& range : ledger->ranges) {
        const auto [begin, is_first] = begins.try_emplace(range.partition, range.from);
        if (!is_first && begin->second != range.to) {
          complaints.push_back(
              fmt::format("ledgers do not follow one another: partition {} of snapshot {} ends at {}, "
                          "the next begins at {}",
                          range.partition, snapshot->id, range.to, begin->second));
        }
        begin->second = range.from;
      }
    }
    snapshot = snapshot->parent_id ? iceberg::find_snapshot(table, *snapshot->parent_id) : nullptr;
  }
  return {};
}

bool is_metadata_file(std::string_view path) {
  const std::string_view name = path.substr(path.rfind('/') + 1);
  const bool is_version = name.starts_with('v') && name.find("metadata.json") != std::string_view::npos;
  // Java's local file system keeps a checksum beside each file it wrote.
  const bool is_checksum = name.starts_with('.') && name.ends_with(".crc");
  return is_version || is_checksum || name == "version-hint.text";
}

Result<std::set<std::string>> journaled_names(storage::ObjectStore& store,
                                              const std::string& orders_location) {
  std::set<std::string> names;
  for (const auto& open : CALVE_TRY(commit::read_journals(store, orders_location))) {
    names.insert(open.path);
    for (const commit::EpochFiles& files : open.journal.tables) {
      names.insert(commit::manifest_path(files, open.journal.epoch));
      for (int i = 0; i < commit::kCommitAttemptsMax; ++i) {
        names.insert(commit::manifest_list_path(files, open.journal.epoch, i));
      }
      for (std::int32_t i = 0; i < files.data_files; ++i) {
        names.insert(commit::data_file_path(files, open.journal.epoch, i));
      }
    }
  }
  return names;
}

}  // namespace

Result<std::vector<iceberg::DataFile>> live_files(storage::ObjectStore& store,
                                                  const iceberg::TableMetadata& table) {
  std::vector<iceberg::DataFile> files;
  const iceberg::Snapshot* current = iceberg::current_snapshot(table);
  if (current == nullptr) return files;
  for (const auto& file :
       CALVE_TRY(iceberg::read_manifest_list(CALVE_TRY(store.read(current->manifest_list))))) {
    if (file.content == iceberg::ManifestContent::kDeletes) {
      return fail(ErrorKind::kUnsupported,
                  fmt::format("Another engine has deleted rows of the table by delete files, "
                              "which this account does not apply: {}",
                              file.manifest_path));
    }
    const auto manifest = CALVE_TRY(iceberg::read_manifest(CALVE_TRY(store.read(file.manifest_path))));
    for (const auto& entry : manifest.entries) {
      if (entry.status != iceberg::EntryStatus::kDeleted) files.push_back(entry.data_file);
    }
  }
  return files;
}

Result<std::vector<std::string>> audit_table(storage::ObjectStore& store, const iceberg::TableMetadata& table,
                                             const std::string& pipeline,
                                             const std::string& orders_location) {
  std::map<std::string, std::int64_t> present;
  for (const auto& object : CALVE_TRY(store.list(table.location + "/")))
    present[object.path] = object.size_bytes;
  const References referred = CALVE_TRY(references(store, table));
  const std::set<std::string> journaled = CALVE_TRY(journaled_names(store, orders_location));

  Complaints complaints;
  check_sizes(referred, present, complaints);
  CALVE_TRY(check_ledgers(table, pipeline, complaints));
  for (const auto& [path, size] : present) {
    if (referred.contains(path) || journaled.contains(path) || is_metadata_file(path)) continue;
    // A running engine may have closed its epoch between the looks.
    if (!store.stat(path)) continue;
    complaints.push_back(fmt::format("nothing refers to this file, and no journal names it: {}", path));
  }
  return complaints;
}

}  // namespace calve::cli
