package calve.judge;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.iceberg.ContentFile;
import org.apache.iceberg.LocationProviders;
import org.apache.iceberg.ManifestFile;
import org.apache.iceberg.ManifestFiles;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableMetadataParser;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.FileInfo;
import org.apache.iceberg.io.LocationProvider;
import org.apache.iceberg.io.OutputFile;
import org.apache.iceberg.io.PositionOutputStream;
import org.apache.iceberg.io.SupportsPrefixOperations;

/**
 * A table that is a folder of metadata files, {@code v<N>.metadata.json} or {@code
 * <N>-<uuid>.metadata.json}, on any store that can list.
 *
 * <p>The current metadata is the highest N that the listing shows; the version hint is written and
 * never read. A commit is not safe against other writers: it is for making golden files and for
 * appending to a table that nobody else writes.
 */
public final class FolderOperations implements TableOperations {
  private static final Pattern METADATA_NAME =
      Pattern.compile("(?:v(\\d+)|(\\d+)-[-0-9a-f]+)(?:\\.gz)?\\.metadata\\.json(?:\\.gz)?");

  private final FileIO io;
  private final String location;
  private TableMetadata current;
  private int version;

  public FolderOperations(FileIO io, String location) {
    this.io = io;
    this.location = location;
  }

  /** Every metadata file of the folder by its version, oldest first. */
  public NavigableMap<Integer, String> metadataFiles() {
    NavigableMap<Integer, String> files = new TreeMap<>();
    String folder = location + "/metadata/";
    for (FileInfo file : ((SupportsPrefixOperations) io).listPrefix(folder)) {
      String path = file.location();
      Matcher name = METADATA_NAME.matcher(path.substring(path.lastIndexOf('/') + 1));
      if (name.matches()) {
        files.put(Integer.parseInt(name.group(1) == null ? name.group(2) : name.group(1)), path);
      }
    }
    return files;
  }

  /** The data or delete files that a manifest adds or keeps. */
  public static CloseableIterable<? extends ContentFile<?>> liveEntries(
      ManifestFile manifest, FileIO io, Map<Integer, PartitionSpec> specs) {
    return switch (manifest.content()) {
      case DATA -> ManifestFiles.read(manifest, io, specs);
      case DELETES -> ManifestFiles.readDeleteManifest(manifest, io, specs);
    };
  }

  @Override
  public TableMetadata current() {
    return current == null ? refresh() : current;
  }

  @Override
  public TableMetadata refresh() {
    Map.Entry<Integer, String> newest = metadataFiles().lastEntry();
    if (newest == null) {
      return null;
    }
    // Transactions compare the metadata by identity, so the same version stays the same object.
    if (newest.getKey() != version) {
      version = newest.getKey();
      current = TableMetadataParser.read(io, newest.getValue());
    }
    return current;
  }

  @Override
  public void commit(TableMetadata base, TableMetadata metadata) {
    if (base != current) {
      throw new CommitFailedException("The table moved on: %s", location);
    }
    TableMetadataParser.Codec codec = TableMetadataParser.Codec.fromName(metadata.property(
        TableProperties.METADATA_COMPRESSION, TableProperties.METADATA_COMPRESSION_DEFAULT));
    String name = "v" + (version + 1) + TableMetadataParser.getFileExtension(codec);
    TableMetadataParser.write(metadata, io.newOutputFile(metadataFileLocation(name)));
    writeHint(version + 1);
    refresh();
  }

  private void writeHint(int newVersion) {
    OutputFile hint = io.newOutputFile(metadataFileLocation("version-hint.text"));
    try (PositionOutputStream out = hint.createOrOverwrite()) {
      out.write(Integer.toString(newVersion).getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public FileIO io() {
    return io;
  }

  @Override
  public String metadataFileLocation(String fileName) {
    return location + "/metadata/" + fileName;
  }

  @Override
  public LocationProvider locationProvider() {
    return LocationProviders.locationsFor(location, current().properties());
  }
}
