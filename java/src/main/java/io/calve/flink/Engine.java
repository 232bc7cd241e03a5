package io.calve.flink;

import java.util.Properties;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.JsonNode;

/** One engine in this process: catalog, store and contract, opened from the settings. */
final class Engine implements AutoCloseable {
  private final long handle;

  private Engine(long handle) {
    this.handle = handle;
  }

  static Engine open(Settings settings) throws CalveException {
    return new Engine(NativeEngine.open(settings.toEngine(System.getenv())));
  }

  long handle() {
    return handle;
  }

  JobOptions job() throws CalveException {
    return JobOptions.parse(NativeEngine.job(handle));
  }

  Properties kafkaProperties() throws CalveException {
    JsonNode node = EngineJson.parse(NativeEngine.kafkaProperties(handle));
    Properties properties = new Properties();
    node.fields()
        .forEachRemaining(field -> properties.setProperty(field.getKey(), field.getValue().asText()));
    return properties;
  }

  TablePosition position(LogIdentity log) throws CalveException {
    return TablePosition.parse(
        NativeEngine.position(handle, log.cluster, log.topic, log.topicId));
  }

  @Override
  public void close() throws CalveException {
    NativeEngine.close(handle);
  }
}
