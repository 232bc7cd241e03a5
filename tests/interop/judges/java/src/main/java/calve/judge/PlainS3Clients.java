package calve.judge;

import java.net.URI;
import java.util.Map;
import org.apache.iceberg.aws.s3.S3FileIOAwsClientFactory;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;

/**
 * S3 clients configured by the SDK's own environment variables.
 *
 * <p>Iceberg's default factory wants STS, Glue, KMS and DynamoDB on the class path too. An endpoint
 * that is named means path-style addressing, since stand-ins for S3 rarely have a wildcard domain.
 */
public final class PlainS3Clients implements S3FileIOAwsClientFactory {
  @Override
  public S3Client s3() {
    S3ClientBuilder builder =
        S3Client.builder().httpClientBuilder(UrlConnectionHttpClient.builder());
    String endpoint = environment("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL");
    if (endpoint != null) {
      builder.endpointOverride(URI.create(endpoint)).forcePathStyle(true);
    }
    String region = environment("AWS_REGION", "AWS_DEFAULT_REGION");
    if (region != null) {
      builder.region(Region.of(region));
    }
    return builder.build();
  }

  @Override
  public S3AsyncClient s3Async() {
    throw new UnsupportedOperationException("Only the synchronous client is used");
  }

  @Override
  public void initialize(Map<String, String> properties) {}

  private static String environment(String first, String second) {
    String value = System.getenv(first);
    return value != null ? value : System.getenv(second);
  }
}
