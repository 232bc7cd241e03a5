package io.calve.flink;

import java.io.Serializable;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The configuration, by the environment names that the native process has too. Three layers:
 * environment &lt; property group &lt; argument. The engine reads them; here they only travel.
 *
 * <p>What was found when the job was submitted goes to the TaskManagers with the job. AWS
 * credentials of an environment do not: they belong to their process, and the job graph is stored.
 */
final class Settings implements Serializable {
  private static final Set<String> OWN_PREFIXES = Set.of("KAFKA_", "ICEBERG_", "CALVE_");
  private static final Set<String> OWN_NAMES =
      Set.of("FLINK_PARALLELISM", "FLINK_CHECKPOINT_INTERVAL", "FLINK_CHECKPOINT_DIR");
  private static final Set<String> PROCESS_CREDENTIALS =
      Set.of("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN");

  final TreeMap<String, String> values;

  Settings(TreeMap<String, String> values) {
    this.values = values;
  }

  /** As the job is submitted. */
  static Settings collect(Map<String, String> environment, Path propertyFile, String[] arguments) {
    TreeMap<String, String> values = new TreeMap<>();
    environment.forEach(
        (name, value) -> {
          if (isOurs(name) && !PROCESS_CREDENTIALS.contains(name)) {
            values.put(name, value);
          }
        });
    values.putAll(PropertyGroups.read(propertyFile));
    for (String argument : arguments) {
      int equals = argument.indexOf('=');
      if (equals <= 0) {
        throw new IllegalArgumentException(
            "An argument is a setting, NAME=value, such as KAFKA_TOPIC=orders.created.v1; this is none: "
                + argument);
      }
      values.put(argument.substring(0, equals), argument.substring(equals + 1));
    }
    return new Settings(values);
  }

  /** For the engine in this process: under what travelled lie the credentials found here. */
  String[] toEngine(Map<String, String> environment) {
    TreeMap<String, String> all = new TreeMap<>();
    for (String name : PROCESS_CREDENTIALS) {
      if (environment.containsKey(name)) {
        all.put(name, environment.get(name));
      }
    }
    all.putAll(values);
    return all.entrySet().stream()
        .map(entry -> entry.getKey() + "=" + entry.getValue())
        .toArray(String[]::new);
  }

  private static boolean isOurs(String name) {
    return name.startsWith("AWS_")
        || OWN_NAMES.contains(name)
        || OWN_PREFIXES.stream().anyMatch(name::startsWith);
  }

  /** Names only: values may be secrets. */
  @Override
  public String toString() {
    return "Settings" + values.keySet();
  }
}
