package calve.judge;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.iceberg.ContentFile;
import org.apache.iceberg.ManifestContent;
import org.apache.iceberg.ManifestFile;
import org.apache.iceberg.ManifestFiles;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotSummary;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableMetadataParser;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.io.InputFile;

/**
 * Walks everything that the metadata files of a table refer to.
 *
 * <p>A snapshot, manifest or data file that is named twice is looked at once. Snapshots that only
 * older metadata files name may have been expired, so files are demanded of the current one alone.
 */
final class Validation {
  private final OpenTable open;
  private final ArrayNode problems;
  private final Set<String> manifestsRead = new HashSet<>();
  private final Set<String> filesChecked = new HashSet<>();
  private int snapshots;

  static ObjectNode of(OpenTable open) {
    ObjectNode answer = new ObjectMapper().createObjectNode();
    Validation validation = new Validation(open, answer.putArray("problems"));
    validation.walkVersions();
    validation.walkSnapshots(open.metadata());
    answer.put("reader", "java");
    answer.put("metadata_files", open.versions().size());
    answer.put("snapshots", validation.snapshots);
    answer.put("manifests", validation.manifestsRead.size());
    answer.put("data_files", validation.filesChecked.size());
    return answer;
  }

  private Validation(OpenTable open, ArrayNode problems) {
    this.open = open;
    this.problems = problems;
  }

  private void walkVersions() {
    TableMetadata previous = null;
    int previousVersion = 0;
    for (Map.Entry<Integer, String> entry : open.versions().entrySet()) {
      TableMetadata metadata;
      try {
        metadata = TableMetadataParser.read(open.io(), entry.getValue());
      } catch (RuntimeException e) {
        problem("metadata does not parse: %s: %s", entry.getValue(), e);
        continue;
      }
      if (previous != null) {
        if (entry.getKey() != previousVersion + 1) {
          problem("versions are not contiguous: %d after %d", entry.getKey(), previousVersion);
        }
        compareVersions(previous, metadata);
      }
      previous = metadata;
      previousVersion = entry.getKey();
    }
    String newest = open.versions().lastEntry().getValue();
    String opened = open.metadata().metadataFileLocation();
    if (!baseName(newest).equals(baseName(opened))) {
      problem("the reader opens %s, the newest is %s", opened, newest);
    }
  }

  private void compareVersions(TableMetadata before, TableMetadata after) {
    String name = baseName(after.metadataFileLocation());
    if (!before.uuid().equals(after.uuid())) {
      problem("%s: table UUID changes: %s to %s", name, before.uuid(), after.uuid());
    }
    if (after.lastSequenceNumber() < before.lastSequenceNumber()) {
      problem("%s: last sequence number falls: %d to %d", name, before.lastSequenceNumber(),
          after.lastSequenceNumber());
    }
    if (after.lastColumnId() < before.lastColumnId()) {
      problem(
          "%s: last column id falls: %d to %d", name, before.lastColumnId(), after.lastColumnId());
    }
    if (after.lastUpdatedMillis() < before.lastUpdatedMillis()) {
      problem("%s: last update is before the last version's: %d, %d", name,
          after.lastUpdatedMillis(), before.lastUpdatedMillis());
    }
    String logged = after.previousFiles().isEmpty()
        ? null
        : after.previousFiles().get(after.previousFiles().size() - 1).file();
    String expected = baseName(before.metadataFileLocation());
    if (logged == null || !baseName(logged).equals(expected)) {
      problem("%s: the metadata log ends in %s, expected is %s", name, logged, expected);
    }
  }

  private void walkSnapshots(TableMetadata metadata) {
    Map<Long, Snapshot> bySequence = new TreeMap<>();
    for (Snapshot snapshot : metadata.snapshots()) {
      snapshots++;
      Snapshot parent = snapshot.parentId() == null ? null : metadata.snapshot(snapshot.parentId());
      if (parent != null && parent.sequenceNumber() >= snapshot.sequenceNumber()
          && metadata.formatVersion() > 1) {
        problem("snapshot %d: sequence number %d does not exceed its parent's %d",
            snapshot.snapshotId(), snapshot.sequenceNumber(), parent.sequenceNumber());
      }
      if (metadata.formatVersion() > 1) {
        Snapshot other = bySequence.put(snapshot.sequenceNumber(), snapshot);
        if (other != null && snapshot.sequenceNumber() != 0) {
          problem("snapshots %d and %d share the sequence number %d", other.snapshotId(),
              snapshot.snapshotId(), snapshot.sequenceNumber());
        }
      }
      walkManifests(snapshot, metadata);
    }
  }

  private void walkManifests(Snapshot snapshot, TableMetadata metadata) {
    long rows = 0;
    long files = 0;
    try {
      for (ManifestFile manifest : snapshot.allManifests(open.io())) {
        if (manifest.sequenceNumber() > snapshot.sequenceNumber()) {
          problem("manifest %s: sequence number %d exceeds its snapshot's %d", manifest.path(),
              manifest.sequenceNumber(), snapshot.sequenceNumber());
        }
        walkManifest(manifest, metadata);
        if (manifest.content() == ManifestContent.DATA) {
          rows += manifest.addedRowsCount() + manifest.existingRowsCount();
          files += manifest.addedFilesCount() + manifest.existingFilesCount();
        }
      }
    } catch (RuntimeException | IOException e) {
      problem("snapshot %d does not read: %s", snapshot.snapshotId(), e);
      return;
    }
    compareTotal(snapshot, SnapshotSummary.TOTAL_RECORDS_PROP, rows);
    compareTotal(snapshot, SnapshotSummary.TOTAL_DATA_FILES_PROP, files);
  }

  private void compareTotal(Snapshot snapshot, String property, long counted) {
    String said = snapshot.summary().get(property);
    if (said != null && Long.parseLong(said) != counted) {
      problem("snapshot %d: its summary says %s = %s, its manifests hold %d", snapshot.snapshotId(),
          property, said, counted);
    }
  }

  private void walkManifest(ManifestFile manifest, TableMetadata metadata) throws IOException {
    if (!manifestsRead.add(manifest.path())) {
      return;
    }
    long length = open.io().newInputFile(manifest.path()).getLength();
    if (length != manifest.length()) {
      problem("manifest %s: length %d, listed is %d", manifest.path(), length, manifest.length());
    }
    long files = 0;
    long rows = 0;
    try (CloseableIterable<? extends ContentFile<?>> entries =
        FolderOperations.liveEntries(manifest, open.io(), metadata.specsById())) {
      for (ContentFile<?> file : entries) {
        files++;
        rows += file.recordCount();
        checkFile(file);
      }
    }
    long listedFiles = manifest.addedFilesCount() + manifest.existingFilesCount();
    long listedRows = manifest.addedRowsCount() + manifest.existingRowsCount();
    if (files != listedFiles || rows != listedRows) {
      problem("manifest %s: holds %d files and %d rows, the manifest list says %d and %d",
          manifest.path(), files, rows, listedFiles, listedRows);
    }
  }

  private void checkFile(ContentFile<?> file) {
    if (!filesChecked.add(file.location())) {
      return;
    }
    InputFile input = open.io().newInputFile(file.location());
    if (!input.exists()) {
      problem("data file is missing: %s", file.location());
    } else if (input.getLength() != file.fileSizeInBytes()) {
      problem("data file %s: %d bytes, its manifest says %d", file.location(), input.getLength(),
          file.fileSizeInBytes());
    }
  }

  private void problem(String format, Object... values) {
    problems.add(format.formatted(values));
  }

  private static String baseName(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }
}
