// A manifest is an Avro file (avro_file.cc) of manifest entries (manifest_schema.cc), whose header holds
//
//   schema             the table's schema, JSON
//   schema-id          its id
//   partition-spec     the spec's fields, JSON array
//   partition-spec-id  its id
//   format-version     1 | 2
//   content            data | deletes          from version 2 on

#include "calve/iceberg/manifest.h"

#include <charconv>
#include <utility>

#include <fmt/format.h>

#include "calve/iceberg/manifest_schema.h"
#include "calve/iceberg/partition_spec_json.h"
#include "calve/iceberg/schema_json.h"

namespace calve::iceberg {
namespace {

Result<std::string_view> header_text(const AvroMetadata& metadata, std::string_view key) {
  const auto found = metadata.find(key);
  if (found == metadata.end()) {
    return fail(ErrorKind::kInvalidData, fmt::format("a manifest's header lacks a key: {}", key));
  }
  return std::string_view(found->second);
}

// The same schema with the bytes of fixed types preceded by their number.
AvroSchema with_sized_fixed(AvroSchema schema) {
  if (schema.kind == AvroKind::kFixed && schema.logical_type.empty()) schema.kind = AvroKind::kBytes;
  for (AvroSchema& member : schema.members)
    member = with_sized_fixed(std::move(member));
  for (AvroField& field : schema.fields)
    field.schema = with_sized_fixed(std::move(field.schema));
  return schema;
}

// Iceberg's Java library 1.9 writes partition values of type fixed as bytes, under a schema that says fixed.
// Entries misread by one byte do not end where their block ends, so which it is shows.
Result<std::vector<ManifestEntry>> read_entries(AvroFile& file, const AvroType<ManifestEntry>& type) {
  auto entries = read_objects(file, type);
  if (entries || entries.error().kind != ErrorKind::kInvalidData) return entries;
  file.schema = with_sized_fixed(std::move(file.schema));
  auto sized = read_objects(file, type);
  return sized ? sized : entries;
}

// Version 1 may leave these out.
Result<std::int32_t> header_number(const AvroMetadata& metadata, std::string_view key,
                                   std::int32_t if_absent) {
  const auto found = metadata.find(key);
  if (found == metadata.end()) return if_absent;
  const std::string& text = found->second;
  std::int32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) {
    return fail(ErrorKind::kInvalidData,
                fmt::format("a manifest's header has no number: {} is {}", key, text));
  }
  return number;
}

Result<ManifestContent> header_content(const AvroMetadata& metadata) {
  const auto found = metadata.find("content");
  if (found == metadata.end() || found->second == "data") return ManifestContent::kData;
  if (found->second == "deletes") return ManifestContent::kDeletes;
  return fail(ErrorKind::kInvalidData,
              fmt::format("a manifest's content is neither data nor deletes: {}", found->second));
}

Result<Manifest> read_header(const AvroMetadata& metadata) {
  Manifest manifest;
  manifest.format_version = CALVE_TRY(header_number(metadata, "format-version", 1));
  if (manifest.format_version != 1 && manifest.format_version != 2) {
    return fail(ErrorKind::kUnsupported,
                fmt::format("a manifest's format version is not read here; 1 and 2 are: {}",
                            manifest.format_version));
  }
  manifest.content = CALVE_TRY(header_content(metadata));
  manifest.schema = CALVE_TRY(parse_schema(CALVE_TRY(header_text(metadata, "schema"))));
  manifest.schema.id = SchemaId(CALVE_TRY(header_number(metadata, "schema-id", manifest.schema.id.value())));
  manifest.spec.id = SpecId(CALVE_TRY(header_number(metadata, "partition-spec-id", 0)));
  manifest.spec.fields =
      CALVE_TRY(parse_partition_fields(CALVE_TRY(header_text(metadata, "partition-spec"))));
  return manifest;
}

AvroMetadata header_of(const Manifest& manifest) {
  AvroMetadata metadata{{"schema", serialize_schema(manifest.schema)},
                        {"schema-id", fmt::to_string(manifest.schema.id)},
                        {"partition-spec", serialize_partition_fields(manifest.spec.fields)},
                        {"partition-spec-id", fmt::to_string(manifest.spec.id)},
                        {"format-version", fmt::to_string(manifest.format_version)}};
  if (manifest.format_version > 1) {
    metadata["content"] = manifest.content == ManifestContent::kData ? "data" : "deletes";
  }
  return metadata;
}

Result<void> check_entry(const ManifestEntry& entry, const Manifest& manifest,
                         const std::vector<PartitionColumn>& columns) {
  const auto refuse = [&](std::string_view what) {
    return fail(ErrorKind::kInvalidData, fmt::format("{}: file {}", what, entry.data_file.file_path));
  };
  const PartitionTuple& tuple = entry.data_file.partition;
  if (tuple.size() != columns.size())
    return refuse("a partition tuple has not as many values as its spec has fields");
  for (std::size_t i = 0; i < tuple.size(); ++i) {
    if (tuple[i] && !is_value_of(*tuple[i], *columns[i].type)) {
      return refuse(fmt::format("a partition value is not of its field's type, {} {}", columns[i].name,
                                to_string(as_type(*columns[i].type))));
    }
  }
  if (manifest.format_version == 1 && !entry.snapshot_id) {
    return refuse("a manifest entry of format version 1 has no snapshot id");
  }
  return {};
}

}  // namespace

Result<Manifest> read_manifest(std::string_view bytes) {
  AvroFile file = CALVE_TRY(read_avro_file(bytes));
  Manifest manifest = CALVE_TRY(read_header(file.metadata));
  const auto columns =
      partition_columns(manifest.spec, manifest.schema).value_or(untyped_partition_columns(manifest.spec));
  // Version 2's fields are a superset, and found by id.
  manifest.entries = CALVE_TRY(read_entries(file, manifest_entry_type(2, columns)));
  for (ManifestEntry& entry : manifest.entries)
    entry.data_file.spec_id = manifest.spec.id;
  return manifest;
}

Result<std::string> write_manifest(const Manifest& manifest, AvroCodec codec) {
  const auto columns = CALVE_TRY(partition_columns(manifest.spec, manifest.schema));
  for (const ManifestEntry& entry : manifest.entries)
    CALVE_TRY(check_entry(entry, manifest, columns));
  return write_objects(header_of(manifest), manifest_entry_type(manifest.format_version, columns),
                       manifest.entries, codec);
}

}  // namespace calve::iceberg
