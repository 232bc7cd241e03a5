package calve.golden;

import calve.judge.FolderOperations;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.iceberg.ContentFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.ManifestFile;
import org.apache.iceberg.PartitionField;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.types.Conversions;
import org.apache.iceberg.types.Type;

/** Writes what Java reads in a golden table, so that other readers can be held against it. */
final class Expected {
  private static final ObjectMapper JSON = new ObjectMapper();

  static void write(TableOperations operations, Table table, Path file) throws IOException {
    TableMetadata metadata = operations.refresh();
    ObjectNode root = JSON.createObjectNode();
    root.put("metadata", baseName(metadata.metadataFileLocation()));
    root.put("format_version", metadata.formatVersion());
    root.put("table_uuid", metadata.uuid());
    root.put("last_sequence_number", metadata.lastSequenceNumber());
    root.put("last_column_id", metadata.lastColumnId());
    root.put("last_partition_id", metadata.lastAssignedPartitionId());
    root.put("current_schema_id", metadata.currentSchemaId());
    root.put("default_spec_id", metadata.defaultSpecId());
    Snapshot current = metadata.currentSnapshot();
    root.put("current_snapshot_id", current == null ? null : current.snapshotId());
    ArrayNode snapshots = root.putArray("snapshots");
    for (Snapshot snapshot : metadata.snapshots()) {
      snapshots.add(snapshot(snapshot, operations.io(), metadata.specsById()));
    }
    ArrayNode live = root.putArray("live_files");
    try (CloseableIterable<FileScanTask> tasks = table.newScan().planFiles()) {
      for (FileScanTask task : tasks) {
        live.add(task.file().location());
      }
    }
    Files.writeString(file, root + "\n");
  }

  private static ObjectNode snapshot(
      Snapshot snapshot, FileIO io, Map<Integer, PartitionSpec> specs) throws IOException {
    ObjectNode node = JSON.createObjectNode();
    node.put("snapshot_id", snapshot.snapshotId());
    node.put("parent_snapshot_id", snapshot.parentId());
    node.put("sequence_number", snapshot.sequenceNumber());
    node.put("operation", snapshot.operation());
    node.put("manifest_list", baseName(snapshot.manifestListLocation()));
    ArrayNode manifests = node.putArray("manifests");
    for (ManifestFile manifest : snapshot.allManifests(io)) {
      manifests.add(manifest(manifest, io, specs));
    }
    return node;
  }

  private static ObjectNode manifest(
      ManifestFile manifest, FileIO io, Map<Integer, PartitionSpec> specs) throws IOException {
    ObjectNode node = JSON.createObjectNode();
    node.put("manifest", baseName(manifest.path()));
    node.put("length", manifest.length());
    node.put("partition_spec_id", manifest.partitionSpecId());
    node.put("content", manifest.content().id());
    node.put("sequence_number", manifest.sequenceNumber());
    node.put("min_sequence_number", manifest.minSequenceNumber());
    node.put("added_snapshot_id", manifest.snapshotId());
    node.put("added_files_count", manifest.addedFilesCount());
    node.put("existing_files_count", manifest.existingFilesCount());
    node.put("deleted_files_count", manifest.deletedFilesCount());
    node.put("added_rows_count", manifest.addedRowsCount());
    node.put("existing_rows_count", manifest.existingRowsCount());
    node.put("deleted_rows_count", manifest.deletedRowsCount());
    ArrayNode partitions = node.putArray("partitions");
    for (ManifestFile.PartitionFieldSummary summary : manifest.partitions()) {
      ObjectNode field = partitions.addObject();
      field.put("contains_null", summary.containsNull());
      field.put("contains_nan", summary.containsNaN());
      field.put("lower_bound", hex(summary.lowerBound()));
      field.put("upper_bound", hex(summary.upperBound()));
    }
    ArrayNode files = node.putArray("live_files");
    PartitionSpec spec = specs.get(manifest.partitionSpecId());
    try (CloseableIterable<? extends ContentFile<?>> entries =
        FolderOperations.liveEntries(manifest, io, specs)) {
      for (ContentFile<?> entry : entries) {
        files.add(file(entry, spec));
      }
    }
    return node;
  }

  private static ObjectNode file(ContentFile<?> file, PartitionSpec spec) {
    ObjectNode node = JSON.createObjectNode();
    node.put("content", file.content().id());
    node.put("file_path", file.location());
    node.put("file_format", file.format().name());
    ObjectNode partition = node.putObject("partition");
    List<Type> types =
        spec.partitionType().fields().stream().<Type>map(field -> field.type()).toList();
    for (int i = 0; i < spec.fields().size(); i++) {
      PartitionField field = spec.fields().get(i);
      Object value = file.partition().get(i, Object.class);
      // Bytes as single-value serialization, so that each type needs one rule alone.
      partition.put(
          field.name(), value == null ? null : hex(Conversions.toByteBuffer(types.get(i), value)));
    }
    node.put("record_count", file.recordCount());
    node.put("file_size_in_bytes", file.fileSizeInBytes());
    node.put("data_sequence_number", file.dataSequenceNumber());
    node.put("file_sequence_number", file.fileSequenceNumber());
    counts(node, "column_sizes", file.columnSizes());
    counts(node, "value_counts", file.valueCounts());
    counts(node, "null_value_counts", file.nullValueCounts());
    counts(node, "nan_value_counts", file.nanValueCounts());
    bounds(node, "lower_bounds", file.lowerBounds());
    bounds(node, "upper_bounds", file.upperBounds());
    if (file.splitOffsets() != null) {
      ArrayNode offsets = node.putArray("split_offsets");
      file.splitOffsets().forEach(offsets::add);
    }
    node.put("sort_order_id", file.sortOrderId());
    return node;
  }

  private static void counts(ObjectNode node, String name, Map<Integer, Long> counts) {
    if (counts != null) {
      ObjectNode map = node.putObject(name);
      new TreeMap<>(counts).forEach((id, count) -> map.put(id.toString(), count));
    }
  }

  private static void bounds(ObjectNode node, String name, Map<Integer, ByteBuffer> bounds) {
    if (bounds != null) {
      ObjectNode map = node.putObject(name);
      new TreeMap<>(bounds).forEach((id, bound) -> map.put(id.toString(), hex(bound)));
    }
  }

  static String hex(ByteBuffer bytes) {
    if (bytes == null) {
      return null;
    }
    StringBuilder text = new StringBuilder();
    for (int i = bytes.position(); i < bytes.limit(); i++) {
      text.append("%02x".formatted(bytes.get(i)));
    }
    return text.toString();
  }

  static String baseName(String location) {
    return location.substring(location.lastIndexOf('/') + 1);
  }

  private Expected() {}
}
