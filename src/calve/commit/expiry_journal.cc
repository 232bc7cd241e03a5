#include "calve/commit/expiry_journal.h"

#include <charconv>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace calve::commit {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kName = "/metadata/calve-expired-";
constexpr std::size_t kDigits = 13;

}  // namespace

std::string serialize_expiry_journal(const ExpiryJournal& journal) {
  Json snapshots = Json::array();
  for (const SnapshotId id : journal.snapshots)
    snapshots.push_back(id.value());
  return Json{{"snapshots", std::move(snapshots)},
              {"manifest-lists", journal.files.manifest_lists},
              {"manifests", journal.files.manifests},
              {"data-files", journal.files.data_files}}
      .dump();
}

Result<ExpiryJournal> parse_expiry_journal(std::string_view text, const std::string& path) {
  try {
    const Json json = Json::parse(text);
    ExpiryJournal journal;
    for (const Json& id : json.at("snapshots"))
      journal.snapshots.emplace_back(id.get<std::int64_t>());
    journal.files = {.manifest_lists = json.at("manifest-lists").get<std::vector<std::string>>(),
                     .manifests = json.at("manifests").get<std::vector<std::string>>(),
                     .data_files = json.at("data-files").get<std::vector<std::string>>()};
    return journal;
  } catch (const std::exception& error) {
    return fail(ErrorKind::kInvalidData,
                fmt::format("Not a journal of expired snapshots, so their files are left: {}: {}", path,
                            error.what()));
  }
}

std::string expiry_journal_path(const std::string& location, Timestamp expired_at, const Uuid& id) {
  return fmt::format("{}{}{:0{}}-{}.json", location, kName, to_millis(expired_at), kDigits, to_string(id));
}

std::optional<Timestamp> expired_at(const std::string& path) {
  const std::size_t at = path.rfind(kName);
  if (at == std::string::npos || path.size() < at + kName.size() + kDigits) return std::nullopt;
  const char* begin = path.data() + at + kName.size();
  std::int64_t millis = 0;
  const auto [end, error] = std::from_chars(begin, begin + kDigits, millis);
  if (error != std::errc() || end != begin + kDigits) return std::nullopt;
  return Timestamp(Milliseconds(millis));
}

Result<std::vector<std::string>> list_expiry_journals(storage::ObjectStore& store,
                                                      const std::string& location) {
  std::vector<std::string> paths;
  for (const auto& object : CALVE_TRY(store.list(fmt::format("{}{}", location, kName)))) {
    if (expired_at(object.path)) paths.push_back(object.path);
  }
  return paths;
}

}  // namespace calve::commit
