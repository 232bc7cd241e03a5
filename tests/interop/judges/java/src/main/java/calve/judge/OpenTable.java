package calve.judge;

import java.util.Map;
import java.util.NavigableMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.StaticTableOperations;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.aws.s3.S3FileIO;
import org.apache.iceberg.aws.s3.S3FileIOProperties;
import org.apache.iceberg.hadoop.HadoopFileIO;
import org.apache.iceberg.hadoop.HadoopTables;
import org.apache.iceberg.io.FileIO;

/**
 * A table opened by its location.
 *
 * <p>A folder of {@code v<N>.metadata.json} on this machine is opened by {@link HadoopTables},
 * which finds the version as Hadoop's catalog does. On S3, and for metadata files with other names,
 * the newest file of the listing is opened.
 */
record OpenTable(
    Table table, TableMetadata metadata, FileIO io, NavigableMap<Integer, String> versions) {
  static OpenTable at(String location) {
    String folder = location.replaceAll("/+$", "");
    FileIO io = folder.startsWith("s3") ? s3() : new HadoopFileIO(new Configuration());
    NavigableMap<Integer, String> versions = new FolderOperations(io, folder).metadataFiles();
    if (versions.isEmpty()) {
      throw new IllegalArgumentException("No metadata file is under " + folder + "/metadata/");
    }
    String newest = versions.lastEntry().getValue();
    boolean isHadoopNamed = newest.substring(newest.lastIndexOf('/') + 1).startsWith("v");
    Table table = isHadoopNamed && io instanceof HadoopFileIO
        ? new HadoopTables(new Configuration()).load(folder)
        : new BaseTable(new StaticTableOperations(newest, io), folder);
    return new OpenTable(table, ((BaseTable) table).operations().current(), io, versions);
  }

  private static FileIO s3() {
    S3FileIO io = new S3FileIO();
    io.initialize(Map.of(S3FileIOProperties.CLIENT_FACTORY, PlainS3Clients.class.getName()));
    return io;
  }
}
