#include "calve/commit/journal.h"

#include <stdexcept>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "calve/commit/values_json.h"

namespace calve::commit {
namespace {

using Json = nlohmann::ordered_json;

Json to_json(const EpochFiles& files) {
  return {{"location", files.location},
          {"snapshot-id", files.snapshot_id.value()},
          {"opened-at", files.opened_at.value()},
          {"data-files", files.data_files}};
}

EpochFiles files_from_json(const Json& json) {
  return {.location = json.at("location").get<std::string>(),
          .snapshot_id = SnapshotId(json.at("snapshot-id").get<std::int64_t>()),
          .opened_at = iceberg::SequenceNumber(json.at("opened-at").get<std::int64_t>()),
          .data_files = json.at("data-files").get<std::int32_t>()};
}

}  // namespace

std::string data_file_path(const EpochFiles& files, const Uuid& epoch, std::int32_t number) {
  return fmt::format("{}/data/{}-{:05}.parquet", files.location, to_string(epoch), number);
}

std::string manifest_path(const EpochFiles& files, const Uuid& epoch) {
  return fmt::format("{}/metadata/{}-m0.avro", files.location, to_string(epoch));
}

std::string merged_manifest_path(const EpochFiles& files, const Uuid& epoch, int attempt) {
  return fmt::format("{}/metadata/{}-m{}.avro", files.location, to_string(epoch), attempt + 1);
}

std::string manifest_list_path(const EpochFiles& files, const Uuid& epoch, int attempt) {
  return fmt::format("{}/metadata/snap-{}-{}-{}.avro", files.location, files.snapshot_id, attempt,
                     to_string(epoch));
}

std::vector<std::string> epoch_paths(const EpochFiles& files, const Uuid& epoch) {
  std::vector<std::string> paths = {manifest_path(files, epoch)};
  for (int attempt = 0; attempt < kCommitAttemptsMax; ++attempt) {
    paths.push_back(merged_manifest_path(files, epoch, attempt));
    paths.push_back(manifest_list_path(files, epoch, attempt));
  }
  for (std::int32_t number = 0; number < files.data_files; ++number)
    paths.push_back(data_file_path(files, epoch, number));
  return paths;
}

std::string journal_path(const std::string& location, const Uuid& epoch) {
  return fmt::format("{}/metadata/calve-journal-{}.json", location, to_string(epoch));
}

std::string serialize_journal(const Journal& journal) {
  Json from = Json::object();
  for (const auto& [partition, offset] : journal.from)
    from[std::to_string(partition.value())] = offset.value();
  Json tables = Json::array();
  for (const EpochFiles& files : journal.tables)
    tables.push_back(to_json(files));
  return Json{{"pipeline", journal.pipeline},
              {"epoch", to_string(journal.epoch)},
              {"writer", to_string(journal.writer)},
              {"from", std::move(from)},
              {"tables", std::move(tables)}}
      .dump();
}

Result<Journal> parse_journal(std::string_view text, const std::string& path) {
  try {
    const Json json = Json::parse(text);
    Journal journal{.pipeline = json.at("pipeline").get<std::string>(),
                    .epoch = uuid_from_json(json.at("epoch")),
                    .writer = uuid_from_json(json.at("writer"))};
    for (const auto& [partition, offset] : json.at("from").items()) {
      journal.from[PartitionId(std::stoi(partition))] = Offset(offset.get<std::int64_t>());
    }
    for (const Json& files : json.at("tables"))
      journal.tables.push_back(files_from_json(files));
    return journal;
  } catch (const std::exception& error) {
    return fail(
        ErrorKind::kInvalidData,
        fmt::format("Not a journal, so the files it names cannot be cleaned up: {}: {}", path, error.what()));
  }
}

Result<std::vector<OpenJournal>> read_journals(storage::ObjectStore& store, const std::string& location) {
  std::vector<OpenJournal> open;
  for (const auto& object : CALVE_TRY(store.list(location + "/metadata/calve-journal-"))) {
    const auto text = store.read(object.path);
    if (!text && text.error().kind == ErrorKind::kNotFound) continue;  // closed since the listing
    if (!text) return std::unexpected(text.error());
    auto journal = CALVE_TRY(parse_journal(*text, object.path));
    open.push_back({.path = object.path, .journal = std::move(journal)});
  }
  return open;
}

}  // namespace calve::commit
