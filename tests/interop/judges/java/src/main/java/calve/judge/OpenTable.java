package calve.judge;

import java.net.URI;
import java.util.Map;
import java.util.NavigableMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.StaticTableOperations;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.aws.s3.S3FileIO;
import org.apache.iceberg.hadoop.HadoopFileIO;
import org.apache.iceberg.hadoop.HadoopTables;
import org.apache.iceberg.io.FileIO;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;

/**
 * A table opened by its location.
 *
 * <p>A folder of {@code v<N>.metadata.json} on this machine is opened by {@link HadoopTables}, which
 * finds the version as Hadoop's catalog does. On S3, and for metadata files with other names, the
 * newest file of the listing is opened.
 */
record OpenTable(Table table, TableMetadata metadata, FileIO io, NavigableMap<Integer, String> versions) {
  static OpenTable at(String location) {
    String folder = location.replaceAll("/+$", "");
    FileIO io = folder.startsWith("s3") ? s3() : new HadoopFileIO(new Configuration());
    NavigableMap<Integer, String> versions = new FolderOperations(io, folder).metadataFiles();
    if (versions.isEmpty()) {
      throw new IllegalArgumentException("No metadata file is under " + folder + "/metadata/");
    }
    String newest = versions.lastEntry().getValue();
    boolean isHadoopNamed = newest.substring(newest.lastIndexOf('/') + 1).startsWith("v");
    Table table =
        isHadoopNamed && io instanceof HadoopFileIO
            ? new HadoopTables(new Configuration()).load(folder)
            : new BaseTable(new StaticTableOperations(newest, io), folder);
    return new OpenTable(table, ((BaseTable) table).operations().current(), io, versions);
  }

  private static FileIO s3() {
    S3FileIO io = new S3FileIO(OpenTable::client);
    io.initialize(Map.of());
    return io;
  }

  private static S3Client client() {
    S3ClientBuilder builder =
        S3Client.builder().httpClientBuilder(UrlConnectionHttpClient.builder());
    String endpoint = System.getenv("AWS_ENDPOINT_URL_S3");
    if (endpoint == null) {
      endpoint = System.getenv("AWS_ENDPOINT_URL");
    }
    if (endpoint != null) {
      builder.endpointOverride(URI.create(endpoint)).forcePathStyle(true);
    }
    if (System.getenv("AWS_REGION") == null && System.getenv("AWS_DEFAULT_REGION") != null) {
      builder.region(Region.of(System.getenv("AWS_DEFAULT_REGION")));
    }
    return builder.build();
  }
}
