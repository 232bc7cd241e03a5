#include "calve/iceberg/manifest.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace calve::iceberg {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::HasSubstr;

const fs::path kGolden = CALVE_SOURCE_DIR "/tests/interop/golden";
constexpr AvroCodec kCodecs[] = {AvroCodec::kNull, AvroCodec::kDeflate, AvroCodec::kZstandard};

std::string read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file) << path;
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string to_hex(std::string_view bytes) {
  std::string hex;
  for (const unsigned char byte : bytes)
    hex += fmt::format("{:02x}", byte);
  return hex;
}

template <class T>
T must(Result<T> result) {
  EXPECT_TRUE(result) << (result ? "" : result.error().message);
  return result ? *std::move(result) : T{};
}

// --- What the golden files' own writers read from them, as JSON ------------------------------------

json summary_json(const FieldSummary& summary) {
  const auto hex = [](const std::optional<std::string>& bytes) {
    return bytes ? json(to_hex(*bytes)) : json();
  };
  return {{"contains_null", summary.contains_null},
          {"contains_nan", summary.contains_nan ? json(*summary.contains_nan) : json()},
          {"lower_bound", hex(summary.lower_bound)},
          {"upper_bound", hex(summary.upper_bound)}};
}

json list_entry_json(const ManifestFile& file) {
  json partitions = json::array();
  for (const FieldSummary& summary : file.partitions)
    partitions.push_back(summary_json(summary));
  return {{"manifest", fs::path(file.manifest_path).filename()},
          {"length", file.manifest_length},
          {"partition_spec_id", file.partition_spec_id.value()},
          {"content", static_cast<int>(file.content)},
          {"sequence_number", file.sequence_number.value()},
          {"min_sequence_number", file.min_sequence_number.value()},
          {"added_snapshot_id", file.added_snapshot_id.value()},
          {"added_files_count", file.added_files_count},
          {"existing_files_count", file.existing_files_count},
          {"deleted_files_count", file.deleted_files_count},
          {"added_rows_count", file.added_rows_count},
          {"existing_rows_count", file.existing_rows_count},
          {"deleted_rows_count", file.deleted_rows_count},
          {"partitions", partitions}};
}

template <class V, class ToJson>
json map_json(const std::map<FieldId, V>& values, ToJson to_json) {
  json object = json::object();
  for (const auto& [id, value] : values)
    object[fmt::to_string(id)] = to_json(value);
  return object;
}

json file_json(const ManifestEntry& entry, const Manifest& manifest) {
  const DataFile& file = entry.data_file;
  const auto number = [](std::int64_t value) { return value; };
  constexpr std::string_view kFormats[] = {"AVRO", "ORC", "PARQUET"};
  json object = {{"content", static_cast<int>(file.content)},
                 {"file_path", file.file_path},
                 {"file_format", kFormats[static_cast<int>(file.file_format)]},
                 {"record_count", file.record_count},
                 {"file_size_in_bytes", file.file_size_in_bytes},
                 {"data_sequence_number", entry.sequence_number.value_or(SequenceNumber(-1)).value()},
                 {"file_sequence_number", entry.file_sequence_number.value_or(SequenceNumber(-1)).value()},
                 {"column_sizes", map_json(file.column_sizes, number)},
                 {"value_counts", map_json(file.value_counts, number)},
                 {"null_value_counts", map_json(file.null_value_counts, number)},
                 {"nan_value_counts", map_json(file.nan_value_counts, number)},
                 {"lower_bounds", map_json(file.lower_bounds, to_hex)},
                 {"upper_bounds", map_json(file.upper_bounds, to_hex)}};
  object["partition"] = json::object();
  const StructType type = must(partition_type(manifest.spec, manifest.schema));
  for (std::size_t i = 0; i < type.fields.size(); ++i) {
    const auto primitive = *as_primitive(type.fields[i].type);
    const OptionalLiteral& value = file.partition.at(i);
    object["partition"][type.fields[i].name] = value ? json(to_hex(to_binary(*value, primitive))) : json();
  }
  if (!file.split_offsets.empty()) object["split_offsets"] = file.split_offsets;
  object["sort_order_id"] = file.sort_order_id ? json(file.sort_order_id->value()) : json();
  if (!file.equality_ids.empty()) {
    object["equality_ids"] = json::array();
    for (const FieldId id : file.equality_ids)
      object["equality_ids"].push_back(id.value());
  }
  if (file.referenced_data_file) object["referenced_data_file"] = *file.referenced_data_file;
  return object;
}

// Expectations name fewer members where their writer gives fewer.
json only_members_of(const json& expected, const json& actual) {
  if (expected.is_array() && actual.is_array() && expected.size() == actual.size()) {
    json reduced = json::array();
    for (std::size_t i = 0; i < actual.size(); ++i)
      reduced.push_back(only_members_of(expected[i], actual[i]));
    return reduced;
  }
  if (!expected.contains("manifest") && !expected.contains("file_path")) return actual;
  json reduced = json::object();
  for (const auto& [name, value] : actual.items()) {
    if (expected.contains(name)) reduced[name] = value;
  }
  return reduced;
}

struct Golden {
  fs::path metadata;  // folder
  json snapshot;
};

std::vector<Golden> golden_snapshots() {
  std::vector<Golden> snapshots;
  for (const auto& table : fs::directory_iterator(kGolden)) {
    if (!fs::exists(table.path() / "expected.json")) continue;
    const json expected = json::parse(read_file(table.path() / "expected.json"));
    for (const json& snapshot : expected.at("snapshots"))
      snapshots.push_back({table.path() / "metadata", snapshot});
  }
  EXPECT_GE(snapshots.size(), 14U);
  return snapshots;
}

TEST(ManifestTest, ReadsWhatJavaAndPyIcebergWrote) {
  for (const auto& [folder, snapshot] : golden_snapshots()) {
    const std::string list_name = snapshot.at("manifest_list");
    SCOPED_TRACE(folder / list_name);
    const auto list = must(read_manifest_list(read_file(folder / list_name)));
    ASSERT_EQ(list.size(), snapshot.at("manifests").size());
    for (std::size_t i = 0; i < list.size(); ++i) {
      json expected = snapshot.at("manifests").at(i);
      json live = json::array();
      Manifest manifest = must(read_manifest(read_file(folder / expected.at("manifest"))));
      inherit(manifest.entries, list[i]);
      EXPECT_EQ(manifest.content, list[i].content);
      for (const ManifestEntry& entry : manifest.entries) {
        EXPECT_TRUE(entry.snapshot_id);
        if (entry.status != EntryStatus::kDeleted) live.push_back(file_json(entry, manifest));
      }
      EXPECT_EQ(only_members_of(expected.at("live_files"), live), expected.at("live_files"));
      expected.erase("live_files");
      EXPECT_EQ(only_members_of(expected, list_entry_json(list[i])), expected);
    }
  }
}

TEST(ManifestTest, SummarizesAsJavaAndPyIcebergDo) {
  for (const auto& [folder, snapshot] : golden_snapshots()) {
    for (const ManifestFile& listed :
         must(read_manifest_list(read_file(folder / snapshot.at("manifest_list"))))) {
      SCOPED_TRACE(listed.manifest_path);
      const auto manifest =
          must(read_manifest(read_file(folder / fs::path(listed.manifest_path).filename())));
      EXPECT_EQ(list_entry_json(must(summarize(manifest, listed.manifest_path, listed.manifest_length,
                                               listed.added_snapshot_id, listed.sequence_number))),
                list_entry_json(listed));
    }
  }
}

TEST(ManifestTest, ReadsWhatItWrites) {
  for (const auto& [folder, snapshot] : golden_snapshots()) {
    for (const json& listed : snapshot.at("manifests")) {
      SCOPED_TRACE(folder / listed.at("manifest"));
      const auto manifest = must(read_manifest(read_file(folder / listed.at("manifest"))));
      for (const AvroCodec codec : kCodecs) {
        EXPECT_EQ(must(read_manifest(must(write_manifest(manifest, codec)))), manifest) << codec_name(codec);
      }
    }
  }
}

TEST(ManifestListTest, ReadsWhatItWrites) {
  for (const auto& [folder, snapshot] : golden_snapshots()) {
    SCOPED_TRACE(snapshot.at("manifest_list"));
    const auto list = must(read_manifest_list(read_file(folder / snapshot.at("manifest_list"))));
    for (const AvroCodec codec : kCodecs) {
      const ManifestListHeader header{.snapshot_id = SnapshotId(7), .sequence_number = SequenceNumber(3)};
      EXPECT_EQ(must(read_manifest_list(must(write_manifest_list(header, list, codec)))), list)
          << codec_name(codec);
    }
  }
}

// --- A manifest of our own ----------------------------------------------------------------------

Manifest small_manifest() {
  Manifest manifest;
  manifest.schema = {.id = SchemaId(4),
                     .fields = {{.id = FieldId(1), .name = "2nd \"name\"", .type = PrimitiveKind::kInt},
                                {.id = FieldId(2), .name = "price", .type = DecimalType{10, 2}}}};
  manifest.spec = {.id = SpecId(3),
                   .fields = {{FieldId(1), FieldId(1000), "2nd \"name\"", SimpleTransform::kIdentity},
                              {FieldId(2), FieldId(1001), "price", SimpleTransform::kIdentity},
                              {FieldId(2), FieldId(1002), "price_10", TruncateTransform{10}}}};
  ManifestEntry entry{.snapshot_id = SnapshotId(99)};
  entry.data_file = {.file_path = "s3://b/f.parquet",
                     .spec_id = SpecId(3),
                     .partition = {Literal(-5), Literal(__int128{-1}), std::nullopt},
                     .record_count = 3,
                     .file_size_in_bytes = 1'000};
  manifest.entries = {entry, entry};
  manifest.entries[1].status = EntryStatus::kExisting;
  manifest.entries[1].sequence_number = SequenceNumber(2);
  manifest.entries[1].file_sequence_number = SequenceNumber(2);
  manifest.entries[1].data_file.partition[0] = Literal(7);
  manifest.entries[1].data_file.lower_bounds = {{FieldId(1), std::string("\0\1\2\3", 4)}};
  manifest.entries[1].data_file.key_metadata = "key";
  return manifest;
}

TEST(ManifestTest, KeepsNamesThatAvroDoesNotAllow) {
  const Manifest manifest = small_manifest();
  const std::string bytes = must(write_manifest(manifest, AvroCodec::kNull));
  EXPECT_THAT(bytes, HasSubstr(R"("name":"_2nd_x20_x22name_x22")"));
  EXPECT_EQ(must(read_manifest(bytes)), manifest);
}

TEST(ManifestTest, WritesVersion1WithoutWhatItLacks) {
  Manifest manifest = small_manifest();
  manifest.format_version = 1;
  const std::string bytes = must(write_manifest(manifest, AvroCodec::kNull));
  EXPECT_THAT(bytes, HasSubstr("block_size_in_bytes"));
  manifest.entries[1].sequence_number.reset();
  manifest.entries[1].file_sequence_number.reset();
  EXPECT_EQ(must(read_manifest(bytes)), manifest);
}

TEST(ManifestTest, WritesManyBlocks) {
  Manifest manifest = small_manifest();
  manifest.entries.resize(5'000, manifest.entries[1]);
  for (const AvroCodec codec : kCodecs) {
    EXPECT_EQ(must(read_manifest(must(write_manifest(manifest, codec)))), manifest) << codec_name(codec);
  }
  manifest.entries.clear();
  EXPECT_EQ(must(read_manifest(must(write_manifest(manifest, AvroCodec::kNull)))), manifest);
}

TEST(ManifestTest, RefusesToWriteWhatDoesNotFit) {
  struct Case {
    const char* message;
    ErrorKind kind;
    void (*spoil)(Manifest&);
  };
  const Case cases[] = {
      {"not as many values", ErrorKind::kInvalidData,
       [](Manifest& m) { m.entries[0].data_file.partition.pop_back(); }},
      {"not of its field's type", ErrorKind::kInvalidData,
       [](Manifest& m) { m.entries[0].data_file.partition[0] = Literal(std::int64_t{1}); }},
      {"not of its field's type", ErrorKind::kInvalidData,
       [](Manifest& m) { m.entries[0].data_file.partition[1] = Literal(__int128{10'000'000'000}); }},
      {"not in the schema", ErrorKind::kConfig, [](Manifest& m) { m.schema.fields.pop_back(); }},
      {"transform is unknown", ErrorKind::kConfig,
       [](Manifest& m) { m.spec.fields[0].transform = UnknownTransform{"zorder"}; }},
      {"no snapshot id", ErrorKind::kInvalidData,
       [](Manifest& m) {
         m.format_version = 1;
         m.entries[0].snapshot_id.reset();
       }},
  };
  for (const auto& [message, kind, spoil] : cases) {
    Manifest manifest = small_manifest();
    spoil(manifest);
    const auto written = write_manifest(manifest, AvroCodec::kNull);
    ASSERT_FALSE(written) << message;
    EXPECT_EQ(written.error().kind, kind) << message;
    EXPECT_THAT(written.error().message, HasSubstr(message));
  }
}

TEST(ManifestTest, SummarizesItsPartitionsAndCounts) {
  const ManifestFile file =
      must(summarize(small_manifest(), "s3://b/m.avro", 500, SnapshotId(99), SequenceNumber(6)));
  EXPECT_EQ(file.min_sequence_number, SequenceNumber(2));
  EXPECT_EQ(file.added_files_count, 1);
  EXPECT_EQ(file.existing_rows_count, 3);
  ASSERT_EQ(file.partitions.size(), 3U);
  EXPECT_EQ(file.partitions[0].lower_bound, to_binary(Literal(-5), PrimitiveKind::kInt));
  EXPECT_EQ(file.partitions[0].upper_bound, to_binary(Literal(7), PrimitiveKind::kInt));
  EXPECT_TRUE(file.partitions[2].contains_null);
  EXPECT_EQ(file.partitions[2].lower_bound, std::nullopt);
}

TEST(ManifestTest, OnlyAddedEntriesInheritSequenceNumbers) {
  std::vector<ManifestEntry> entries(3);
  entries[1].status = EntryStatus::kExisting;
  entries[2].sequence_number = SequenceNumber(2);
  inherit(entries, {.sequence_number = SequenceNumber(5), .added_snapshot_id = SnapshotId(8)});
  EXPECT_EQ(entries[0].sequence_number, SequenceNumber(5));
  EXPECT_EQ(entries[0].file_sequence_number, SequenceNumber(5));
  EXPECT_EQ(entries[1].sequence_number, std::nullopt);
  EXPECT_EQ(entries[2].sequence_number, SequenceNumber(2));
  EXPECT_EQ(entries[1].snapshot_id, SnapshotId(8));

  std::vector<ManifestEntry> of_version_1(1, {.status = EntryStatus::kExisting});
  inherit(of_version_1, {});
  EXPECT_EQ(of_version_1[0].sequence_number, SequenceNumber(0));
}

// --- Malformed bytes ----------------------------------------------------------------------------

TEST(ManifestTest, RefusesEveryTruncation) {
  for (const AvroCodec codec : kCodecs) {
    const std::string bytes = must(write_manifest(small_manifest(), codec));
    // A file may end after its header: then it has no blocks.
    std::size_t whole = 0;
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      const auto manifest = read_manifest(std::string_view(bytes).substr(0, size));
      if (manifest) {
        ++whole;
        EXPECT_TRUE(manifest->entries.empty()) << codec_name(codec) << " " << size;
      } else {
        EXPECT_EQ(manifest.error().kind, ErrorKind::kInvalidData) << size;
        EXPECT_THAT(manifest.error().message, HasSubstr("at byte ")) << size;
      }
    }
    EXPECT_EQ(whole, 1U) << codec_name(codec);
  }
}

TEST(ManifestTest, SurvivesEveryChangedBit) {
  const std::string bytes = must(write_manifest(small_manifest(), AvroCodec::kDeflate));
  std::size_t refused = 0;
  for (std::size_t i = 0; i < bytes.size() * 8; ++i) {
    std::string changed = bytes;
    changed[i / 8] = static_cast<char>(changed[i / 8] ^ 1 << i % 8);
    const auto manifest = read_manifest(changed);
    if (!manifest) ++refused;
  }
  EXPECT_GT(refused, bytes.size());
}

}  // namespace
}  // namespace calve::iceberg
