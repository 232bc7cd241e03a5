// Metadata files: parse_table_metadata and serialize_table_metadata. Iceberg spec, "Table Metadata
// Fields"; members come in the order in which Java writes them.

#include <algorithm>

#include <fmt/format.h>

#include "calve/iceberg/json_reader.h"
#include "calve/iceberg/json_writer.h"
#include "calve/iceberg/partition_spec_json.h"
#include "calve/iceberg/schema_json.h"
#include "calve/iceberg/snapshot_json.h"
#include "calve/iceberg/sort_order_json.h"
#include "calve/iceberg/table_metadata.h"
#include "calve/iceberg/table_metadata_check.h"

namespace calve::iceberg {
namespace {

// Java writes this where there is no current snapshot, and older readers ask for it.
constexpr SnapshotId kNoSnapshot{-1};

Result<int> parse_format_version(const JsonNode& node) {
  const JsonNode member = CALVE_TRY(node.member("format-version"));
  const auto version = CALVE_TRY(member.as<std::int32_t>());
  if (version < 1) return member.wrong(fmt::format("Not a format version: {}", version));
  if (version > 2) {
    return fail(
        ErrorKind::kUnsupported,
        fmt::format("This table's format version is not supported. Versions 1 and 2 are; write the table "
                    "with format-version 2. It has version {}",
                    version));
  }
  return version;
}

Result<void> parse_schemas(const JsonNode& node, TableMetadata& metadata) {
  const auto list = CALVE_TRY(node.find("schemas"));
  if (!list && metadata.format_version == 1) {
    const JsonNode schema = CALVE_TRY(node.member("schema"));
    metadata.schemas = {CALVE_TRY(parse_schema(schema))};
    metadata.current_schema_id = metadata.schemas.front().id;
    return {};
  }
  const JsonNode schemas = CALVE_TRY(node.member("schemas"));
  metadata.schemas = CALVE_TRY(schemas.list([](const JsonNode& element) { return parse_schema(element); }));
  metadata.current_schema_id = CALVE_TRY(node.required<SchemaId>("current-schema-id"));
  return {};
}

FieldId highest_partition_field_id(const std::vector<PartitionSpec>& specs) {
  FieldId highest(kFirstPartitionFieldId.value() - 1);
  for (const auto& spec : specs) {
    for (const auto& field : spec.fields)
      highest = std::max(highest, field.field_id);
  }
  return highest;
}

Result<void> parse_partition_specs(const JsonNode& node, TableMetadata& metadata) {
  const auto list = CALVE_TRY(node.find("partition-specs"));
  if (!list && metadata.format_version == 1) {
    const JsonNode fields = CALVE_TRY(node.member("partition-spec"));
    metadata.partition_specs = {PartitionSpec{.fields = CALVE_TRY(parse_partition_fields(fields))}};
  } else {
    const JsonNode specs = CALVE_TRY(node.member("partition-specs"));
    metadata.partition_specs = CALVE_TRY(specs.list(parse_partition_spec));
    metadata.default_spec_id = CALVE_TRY(node.required<SpecId>("default-spec-id"));
  }
  if (metadata.format_version > 1) {
    metadata.last_partition_id = CALVE_TRY(node.required<FieldId>("last-partition-id"));
  } else {
    metadata.last_partition_id = CALVE_TRY(node.optional<FieldId>("last-partition-id"))
                                     .value_or(highest_partition_field_id(metadata.partition_specs));
  }
  return {};
}

Result<void> parse_sort_orders(const JsonNode& node, TableMetadata& metadata) {
  const auto list = CALVE_TRY(node.find("sort-orders"));
  if (!list && metadata.format_version == 1) {
    metadata.sort_orders = {SortOrder{}};
    return {};
  }
  const JsonNode orders = CALVE_TRY(node.member("sort-orders"));
  metadata.sort_orders = CALVE_TRY(orders.list(parse_sort_order));
  metadata.default_sort_order_id = CALVE_TRY(node.required<SortOrderId>("default-sort-order-id"));
  return {};
}

Result<SnapshotLogEntry> parse_snapshot_log_entry(const JsonNode& node) {
  SnapshotLogEntry entry{.timestamp = CALVE_TRY(node.required<Timestamp>("timestamp-ms"))};
  entry.snapshot_id = CALVE_TRY(node.required<SnapshotId>("snapshot-id"));
  return entry;
}

Result<MetadataLogEntry> parse_metadata_log_entry(const JsonNode& node) {
  MetadataLogEntry entry{.timestamp = CALVE_TRY(node.required<Timestamp>("timestamp-ms"))};
  entry.metadata_file = CALVE_TRY(node.required<std::string>("metadata-file"));
  return entry;
}

Result<void> parse_history(const JsonNode& node, TableMetadata& metadata) {
  if (const auto snapshots = CALVE_TRY(node.find("snapshots"))) {
    metadata.snapshots = CALVE_TRY(snapshots->list(parse_snapshot));
  }
  if (const auto log = CALVE_TRY(node.find("snapshot-log"))) {
    metadata.snapshot_log = CALVE_TRY(log->list(parse_snapshot_log_entry));
  }
  if (const auto log = CALVE_TRY(node.find("metadata-log"))) {
    metadata.metadata_log = CALVE_TRY(log->list(parse_metadata_log_entry));
  }
  metadata.current_snapshot_id = CALVE_TRY(node.optional<SnapshotId>("current-snapshot-id"));
  if (metadata.current_snapshot_id == kNoSnapshot) metadata.current_snapshot_id.reset();
  if (const auto refs = CALVE_TRY(node.find("refs"))) {
    metadata.refs = CALVE_TRY(refs->map(parse_snapshot_ref));
  }
  // Writers from before refs keep main in current-snapshot-id alone.
  if (metadata.current_snapshot_id && !metadata.refs.contains(kMainBranch)) {
    metadata.refs.emplace(kMainBranch, SnapshotRef{.snapshot_id = *metadata.current_snapshot_id});
  }
  return {};
}

Result<TableMetadata> parse(const JsonNode& node) {
  TableMetadata metadata;
  metadata.format_version = CALVE_TRY(parse_format_version(node));
  if (metadata.format_version > 1) {
    metadata.table_uuid = CALVE_TRY(node.required<Uuid>("table-uuid"));
    metadata.last_sequence_number = CALVE_TRY(node.required<SequenceNumber>("last-sequence-number"));
  } else {
    metadata.table_uuid = CALVE_TRY(node.optional<Uuid>("table-uuid"));
  }
  metadata.location = CALVE_TRY(node.required<std::string>("location"));
  metadata.last_updated = CALVE_TRY(node.required<Timestamp>("last-updated-ms"));
  metadata.last_column_id = CALVE_TRY(node.required<FieldId>("last-column-id"));
  CALVE_TRY(parse_schemas(node, metadata));
  CALVE_TRY(parse_partition_specs(node, metadata));
  CALVE_TRY(parse_sort_orders(node, metadata));
  if (const auto properties = CALVE_TRY(node.find("properties"))) {
    metadata.properties = CALVE_TRY(properties->string_map());
  }
  CALVE_TRY(parse_history(node, metadata));
  metadata.unknown_members = node.members_except({"format-version",
                                                  "table-uuid",
                                                  "last-sequence-number",
                                                  "location",
                                                  "last-updated-ms",
                                                  "last-column-id",
                                                  "schema",
                                                  "schemas",
                                                  "current-schema-id",
                                                  "partition-spec",
                                                  "partition-specs",
                                                  "default-spec-id",
                                                  "last-partition-id",
                                                  "sort-orders",
                                                  "default-sort-order-id",
                                                  "properties",
                                                  "current-snapshot-id",
                                                  "snapshots",
                                                  "snapshot-log",
                                                  "metadata-log",
                                                  "refs"});
  return metadata;
}

void write_history(JsonWriter& json, const TableMetadata& metadata) {
  json.member("current-snapshot-id", metadata.current_snapshot_id.value_or(kNoSnapshot));
  json.key("refs");
  json.begin_object();
  for (const auto& [name, ref] : metadata.refs) {
    json.key(name);
    write_snapshot_ref(json, ref);
  }
  json.end_object();
  json.array("snapshots", metadata.snapshots,
             [&json](const Snapshot& snapshot) { write_snapshot(json, snapshot); });
  json.array("snapshot-log", metadata.snapshot_log, [&json](const SnapshotLogEntry& entry) {
    json.begin_object();
    json.member("timestamp-ms", entry.timestamp);
    json.member("snapshot-id", entry.snapshot_id);
    json.end_object();
  });
  json.array("metadata-log", metadata.metadata_log, [&json](const MetadataLogEntry& entry) {
    json.begin_object();
    json.member("timestamp-ms", entry.timestamp);
    json.member("metadata-file", entry.metadata_file);
    json.end_object();
  });
}

}  // namespace

Result<TableMetadata> parse_table_metadata(std::string_view text) {
  const auto document = CALVE_TRY(JsonDocument::parse(text));
  TableMetadata metadata = CALVE_TRY(parse(document.root()));
  CALVE_TRY(check_table_metadata(metadata));
  return metadata;
}

std::string serialize_table_metadata(const TableMetadata& metadata) {
  const bool version_1 = metadata.format_version == 1;
  JsonWriter json;
  json.begin_object();
  json.member("format-version", metadata.format_version);
  json.member_if("table-uuid", metadata.table_uuid);
  json.member("location", metadata.location);
  if (!version_1) json.member("last-sequence-number", metadata.last_sequence_number);
  json.member("last-updated-ms", metadata.last_updated);
  json.member("last-column-id", metadata.last_column_id);
  if (version_1) {
    json.key("schema");
    write_schema(json, current_schema(metadata));
  }
  json.member("current-schema-id", metadata.current_schema_id);
  json.array("schemas", metadata.schemas, [&json](const Schema& schema) { write_schema(json, schema); });
  if (version_1) {
    json.key("partition-spec");
    write_partition_fields(json, default_spec(metadata).fields);
  }
  json.member("default-spec-id", metadata.default_spec_id);
  json.array("partition-specs", metadata.partition_specs,
             [&json](const PartitionSpec& spec) { write_partition_spec(json, spec); });
  json.member("last-partition-id", metadata.last_partition_id);
  json.member("default-sort-order-id", metadata.default_sort_order_id);
  json.array("sort-orders", metadata.sort_orders,
             [&json](const SortOrder& order) { write_sort_order(json, order); });
  json.key("properties");
  json.begin_object();
  json.string_members(metadata.properties);
  json.end_object();
  write_history(json, metadata);
  json.raw_members(metadata.unknown_members);
  json.end_object();
  return json.take();
}

}  // namespace calve::iceberg
