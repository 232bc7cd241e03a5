#include "calve/cli/table_audit.h"

#include <utility>

#include <fmt/format.h>

#include "calve/iceberg/manifest.h"

namespace calve::cli {
namespace {

// A complaint if the object itself is what is wrong. The error if the store is.
Result<void> settle(const Error& error, const std::string& path, Complaints& complaints) {
  if (error.kind == ErrorKind::kNotFound) {
    complaints.add(kFileMissing, path);
    return {};
  }
  if (error.kind == ErrorKind::kInvalidData) {
    complaints.add(kFileUnreadable, fmt::format("{}: {}", path, error.message));
    return {};
  }
  return std::unexpected(error);
}

template <class Parsed>
Result<Parsed> read_parsed(storage::ObjectStore& store, const std::string& path,
                           Result<Parsed> (*parse)(std::string_view)) {
  const std::string bytes = CALVE_TRY(store.read(path));
  return parse(bytes);
}

Result<void> refuse_deletes(const iceberg::ManifestFile& manifest) {
  if (manifest.content == iceberg::ManifestContent::kData) return {};
  return fail(
      ErrorKind::kUnsupported,
      fmt::format("Another engine has deleted rows by delete files, which are not applied here; rewrite the "
                  "data files with that engine first: {}",
                  manifest.manifest_path));
}

enum class Part { kCurrent, kHistory };

class FilesReader {
 public:
  FilesReader(storage::ObjectStore& store, Complaints& complaints) : store_(store), complaints_(complaints) {}

  Result<void> add(const iceberg::Snapshot& snapshot, Part part) {
    files.referred.try_emplace(snapshot.manifest_list, std::nullopt);
    const auto list = read_parsed(store_, snapshot.manifest_list, iceberg::read_manifest_list);
    if (!list) return settle(list.error(), snapshot.manifest_list, complaints_);
    for (const iceberg::ManifestFile& manifest : *list)
      CALVE_TRY(add(manifest, part));
    return {};
  }

  TableFiles files;

 private:
  Result<void> add(const iceberg::ManifestFile& manifest, Part part) {
    const bool is_new = files.referred.try_emplace(manifest.manifest_path, manifest.manifest_length).second;
    if (part == Part::kCurrent) CALVE_TRY(refuse_deletes(manifest));
    // The current snapshot comes first, and what it lists twice is in the table twice.
    if (!is_new && part == Part::kHistory) return {};
    const auto content = read_parsed(store_, manifest.manifest_path, iceberg::read_manifest);
    if (!content) return settle(content.error(), manifest.manifest_path, complaints_);
    for (const iceberg::ManifestEntry& entry : content->entries) {
      if (entry.status == iceberg::EntryStatus::kDeleted) continue;
      const iceberg::DataFile& file = entry.data_file;
      files.referred.try_emplace(file.file_path, file.file_size_in_bytes);
      if (part == Part::kCurrent) {
        files.live.push_back({.path = file.file_path, .size_bytes = file.file_size_in_bytes});
      }
    }
    return {};
  }

  storage::ObjectStore& store_;
  Complaints& complaints_;
};

}  // namespace

Result<std::vector<iceberg::DataFile>> live_files(storage::ObjectStore& store,
                                                  const iceberg::TableMetadata& table) {
  std::vector<iceberg::DataFile> files;
  const iceberg::Snapshot* current = iceberg::current_snapshot(table);
  if (current == nullptr) return files;
  for (const iceberg::ManifestFile& manifest :
       CALVE_TRY(read_parsed(store, current->manifest_list, iceberg::read_manifest_list))) {
    CALVE_TRY(refuse_deletes(manifest));
    auto content = CALVE_TRY(read_parsed(store, manifest.manifest_path, iceberg::read_manifest));
    for (iceberg::ManifestEntry& entry : content.entries) {
      if (entry.status != iceberg::EntryStatus::kDeleted) files.push_back(std::move(entry.data_file));
    }
  }
  return files;
}

Result<TableFiles> read_table_files(storage::ObjectStore& store, const iceberg::TableMetadata& table,
                                    Complaints& complaints) {
  FilesReader reader(store, complaints);
  const iceberg::Snapshot* current = iceberg::current_snapshot(table);
  if (current != nullptr) CALVE_TRY(reader.add(*current, Part::kCurrent));
  for (const iceberg::Snapshot& snapshot : table.snapshots) {
    if (&snapshot != current) CALVE_TRY(reader.add(snapshot, Part::kHistory));
  }
  return std::move(reader.files);
}

Result<void> collect_rows(storage::ObjectStore& store, const iceberg::TableMetadata& table,
                          const TableFiles& files, OffsetCounts TableRows::* rows, RowsByPartition& collected,
                          Complaints& complaints) {
  const auto* partition = iceberg::find_field(iceberg::current_schema(table), "source_partition");
  const auto* offset = iceberg::find_field(iceberg::current_schema(table), "source_offset");
  if (partition == nullptr || offset == nullptr) {
    return fail(ErrorKind::kInvalidData,
                fmt::format("The table has no columns source_partition and source_offset; is it one of "
                            "calve's? {}",
                            table.location));
  }
  const auto add = [&](std::span<const std::int64_t> partitions, std::span<const std::int64_t> offsets) {
    for (std::size_t row = 0; row < offsets.size(); ++row) {
      const PartitionId of(static_cast<std::int32_t>(partitions[row]));
      (collected[of].*rows).add(offsets[row]);
    }
  };
  for (const datafile::DataFileLocation& file : files.live) {
    const auto visited =
        datafile::visit_integer_columns(store, file, {.first = partition->id, .second = offset->id}, add);
    // That it is missing is said by check_files, of every file.
    if (!visited && visited.error().kind != ErrorKind::kNotFound) {
      CALVE_TRY(settle(visited.error(), file.path, complaints));
    }
  }
  return {};
}

Result<void> check_files(storage::ObjectStore& store, const TableFiles& files, Complaints& complaints) {
  for (const auto& [path, size] : files.referred) {
    const auto found = store.stat(path);
    if (!found) {
      CALVE_TRY(settle(found.error(), path, complaints));
    } else if (size && found->size_bytes != *size) {
      complaints.add(kFileSize,
                     fmt::format("{}: {} bytes, the table says {}", path, found->size_bytes, *size));
    }
  }
  return {};
}

}  // namespace calve::cli
