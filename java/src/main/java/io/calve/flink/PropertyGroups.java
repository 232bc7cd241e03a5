package io.calve.flink;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.JsonNode;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.ObjectMapper;

/**
 * The runtime properties of Amazon Managed Service for Apache Flink. The service lays them where the
 * job's main runs, as
 *
 * <pre>[{"PropertyGroupId": "calve", "PropertyMap": {"KAFKA_TOPIC": "orders.created.v1", ...}}]</pre>
 *
 * The group {@code calve} is read, its keys being names of settings; other groups are left alone.
 */
final class PropertyGroups {
  static final Path FILE = Path.of("/etc/flink/application_properties.json");
  private static final String GROUP = "calve";

  private PropertyGroups() {}

  /** Nothing if there is no such file: this is no Managed Flink. */
  static Map<String, String> read(Path file) {
    Map<String, String> values = new TreeMap<>();
    if (!Files.exists(file)) {
      return values;
    }
    try {
      for (JsonNode group : new ObjectMapper().readTree(file.toFile())) {
        if (group.path("PropertyGroupId").asText().equals(GROUP)) {
          group
              .path("PropertyMap")
              .fields()
              .forEachRemaining(entry -> values.put(entry.getKey(), entry.getValue().asText()));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("The runtime properties cannot be read: " + file, e);
    }
    return values;
  }
}
