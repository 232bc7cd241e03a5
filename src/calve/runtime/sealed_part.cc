#include "calve/runtime/sealed_part.h"

#include <cstdint>
#include <cstring>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "calve/commit/values_json.h"
#include "calve/iceberg/manifest.h"

namespace calve::runtime {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kPartMagic = "CLVP";
constexpr std::string_view kCommittableMagic = "CLVC";
constexpr char kVersion = 1;
constexpr const char* kJournalKey = "journal";
constexpr const char* kRangesKey = "ranges";
constexpr const char* kRejectsFromKey = "rejects-from";
constexpr const char* kOldestKey = "oldest-source-timestamp-us";
constexpr const char* kInCheckpoint = "a checkpoint's part";  // where a journal stands that cannot be read

void put_u32(std::string& out, std::size_t value) {
  const auto number = static_cast<std::uint32_t>(value);
  for (int shift = 0; shift < 32; shift += 8)
    out.push_back(static_cast<char>(number >> shift));
}

void put_text(std::string& out, std::string_view text) {
  put_u32(out, text.size());
  out.append(text);
}

Error damaged(std::string_view what) {
  return {ErrorKind::kInvalidData,
          fmt::format("A checkpoint holds something that is no part of a commit ({}). Restore an older "
                      "savepoint, or start the job without one: it goes on from the table's position",
                      what)};
}

// Takes fields off the front.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}

  Result<void> expect_header(std::string_view magic) {
    if (!rest_.starts_with(magic) || rest_.size() == magic.size()) return std::unexpected(damaged("header"));
    if (rest_[magic.size()] != kVersion) {
      return fail(ErrorKind::kUnsupported,
                  fmt::format("The checkpoint was written by a later version of Calve; run that one: part "
                              "version {}, this program reads {}",
                              static_cast<int>(rest_[magic.size()]), static_cast<int>(kVersion)));
    }
    rest_.remove_prefix(magic.size() + 1);
    return {};
  }
  Result<std::uint32_t> u32() {
    if (rest_.size() < sizeof(std::uint32_t)) return std::unexpected(damaged("length"));
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < sizeof(value); ++i)
      value |= static_cast<std::uint32_t>(static_cast<unsigned char>(rest_[i])) << (8 * i);
    rest_.remove_prefix(sizeof(value));
    return value;
  }
  Result<std::string_view> text() {
    const std::uint32_t length = CALVE_TRY(u32());
    if (rest_.size() < length) return std::unexpected(damaged("cut off"));
    const std::string_view taken = rest_.substr(0, length);
    rest_.remove_prefix(length);
    return taken;
  }
  Result<void> expect_end() const {
    if (rest_.empty()) return {};
    return std::unexpected(damaged("bytes after its end"));
  }

 private:
  std::string_view rest_;
};

Result<std::string> serialize_files(const std::vector<iceberg::DataFile>& files,
                                    const iceberg::TableMetadata& table) {
  if (files.empty()) return std::string();
  // Not the table's default one: another engine may have changed that since the writer was opened.
  const iceberg::PartitionSpec* spec = iceberg::find_spec(table, files.front().spec_id);
  if (spec == nullptr) {
    return fail(ErrorKind::kInternal,
                fmt::format("The table has no partition spec {}, which files were written by",
                            files.front().spec_id));
  }
  iceberg::Manifest manifest{
      .schema = iceberg::current_schema(table), .spec = *spec, .format_version = table.format_version};
  for (const iceberg::DataFile& file : files)
    manifest.entries.push_back({.data_file = file});
  return iceberg::write_manifest(manifest, iceberg::AvroCodec::kZstandard);
}

Result<std::vector<iceberg::DataFile>> parse_files(std::string_view bytes) {
  std::vector<iceberg::DataFile> files;
  if (bytes.empty()) return files;
  auto manifest = CALVE_TRY(iceberg::read_manifest(bytes));
  for (iceberg::ManifestEntry& entry : manifest.entries) {
    files.push_back(std::move(entry.data_file));
    files.back().spec_id = manifest.spec.id;
  }
  return files;
}

std::string serialize_header(const SealedPart& part) {
  Json ranges = Json::array();
  for (const commit::LedgerRange& range : part.ranges)
    ranges.push_back(commit::to_json(range));
  Json rejects_from = Json::object();
  for (const auto& [partition, offset] : part.rejects_from)
    rejects_from[std::to_string(partition.value())] = offset.value();
  Json header = {{kJournalKey, commit::serialize_journal(part.journal)},
                 {kRangesKey, std::move(ranges)},
                 {kRejectsFromKey, std::move(rejects_from)}};
  if (part.oldest_source_timestamp) header[kOldestKey] = to_micros(*part.oldest_source_timestamp);
  return header.dump();
}

Result<SealedPart> parse_header(std::string_view text) {
  SealedPart part;
  std::string journal;
  try {
    const Json header = Json::parse(text);
    journal = header.at(kJournalKey).get<std::string>();
    for (const Json& range : header.at(kRangesKey))
      part.ranges.push_back(commit::range_from_json(range));
    for (const auto& [partition, offset] : header.at(kRejectsFromKey).items()) {
      part.rejects_from[PartitionId(std::stoi(partition))] = Offset(offset.get<std::int64_t>());
    }
    if (header.contains(kOldestKey)) {
      part.oldest_source_timestamp = timestamp_from_micros(header.at(kOldestKey).get<std::int64_t>());
    }
  } catch (const std::exception& error) {
    return std::unexpected(damaged(error.what()));
  }
  part.journal = CALVE_TRY(commit::parse_journal(journal, kInCheckpoint));
  if (part.ranges.empty() || part.journal.tables.size() != 2) return std::unexpected(damaged("header"));
  return part;
}

}  // namespace

Result<std::string> serialize_part(const SealedPart& part, const iceberg::TableMetadata& orders,
                                   const iceberg::TableMetadata& rejects) {
  std::string bytes(kPartMagic);
  bytes.push_back(kVersion);
  put_text(bytes, serialize_header(part));
  put_text(bytes, CALVE_TRY(serialize_files(part.orders_files, orders)));
  put_text(bytes, CALVE_TRY(serialize_files(part.rejects_files, rejects)));
  return bytes;
}

Result<SealedPart> parse_part(std::string_view bytes) {
  Reader reader(bytes);
  CALVE_TRY(reader.expect_header(kPartMagic));
  auto part = CALVE_TRY(parse_header(CALVE_TRY(reader.text())));
  part.orders_files = CALVE_TRY(parse_files(CALVE_TRY(reader.text())));
  part.rejects_files = CALVE_TRY(parse_files(CALVE_TRY(reader.text())));
  CALVE_TRY(reader.expect_end());
  return part;
}

std::string combine_parts(const std::vector<std::string_view>& parts) {
  std::string bytes(kCommittableMagic);
  bytes.push_back(kVersion);
  put_u32(bytes, parts.size());
  for (const std::string_view part : parts)
    put_text(bytes, part);
  return bytes;
}

Result<std::vector<SealedPart>> parse_committable(std::string_view bytes) {
  Reader reader(bytes);
  CALVE_TRY(reader.expect_header(kCommittableMagic));
  const std::uint32_t count = CALVE_TRY(reader.u32());
  std::vector<SealedPart> parts;
  for (std::uint32_t i = 0; i < count; ++i)
    parts.push_back(CALVE_TRY(parse_part(CALVE_TRY(reader.text()))));
  CALVE_TRY(reader.expect_end());
  return parts;
}

}  // namespace calve::runtime
