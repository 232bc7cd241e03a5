package io.calve.flink;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsTest {
  @TempDir Path folder;

  @Test
  void theLaterLayerWins() throws IOException {
    Path file =
        write(
            "[{\"PropertyGroupId\": \"other\", \"PropertyMap\": {\"KAFKA_TOPIC\": \"not ours\"}},"
                + " {\"PropertyGroupId\": \"calve\", \"PropertyMap\": {\"KAFKA_TOPIC\": \"group\","
                + " \"ICEBERG_NAMESPACE\": \"group\", \"FLINK_PARALLELISM\": \"4\"}}]");
    Settings settings =
        Settings.collect(
            Map.of("KAFKA_TOPIC", "env", "ICEBERG_TABLE", "env", "ICEBERG_NAMESPACE", "env"),
            file,
            new String[] {"KAFKA_TOPIC=argument", "CALVE_PIPELINE=a=b"});
    assertEquals(
        Map.of(
            "KAFKA_TOPIC", "argument",
            "ICEBERG_NAMESPACE", "group",
            "ICEBERG_TABLE", "env",
            "FLINK_PARALLELISM", "4",
            "CALVE_PIPELINE", "a=b"),
        settings.values);
  }

  @Test
  void elsewhereThanOnManagedFlinkThereIsNoFile() {
    assertTrue(collect(Map.of()).values.isEmpty());
  }

  @Test
  void aBrokenPropertyFileIsNamed() throws IOException {
    Path file = write("[{");
    Exception refusal =
        assertThrows(
            UncheckedIOException.class,
            () -> Settings.collect(Map.of(), file, new String[0]));
    assertTrue(refusal.getMessage().contains(file.toString()), refusal.getMessage());
  }

  @Test
  void takesOnlyWhatIsOursFromTheEnvironment() {
    Settings settings =
        collect(
            Map.of(
                "PATH", "/bin",
                "FLINK_HOME", "/opt/flink",
                "FLINK_CHECKPOINT_DIR", "s3://b/c",
                "AWS_REGION", "eu-west-1"));
    assertEquals(
        Map.of("FLINK_CHECKPOINT_DIR", "s3://b/c", "AWS_REGION", "eu-west-1"), settings.values);
  }

  @Test
  void credentialsOfAProcessStayThere() {
    Map<String, String> submitter = Map.of("AWS_ACCESS_KEY_ID", "a", "AWS_SECRET_ACCESS_KEY", "b");
    Settings settings = collect(submitter, "AWS_REGION=eu-west-1");
    assertEquals(Map.of("AWS_REGION", "eu-west-1"), settings.values);
    assertArrayEquals(
        new String[] {"AWS_ACCESS_KEY_ID=c", "AWS_REGION=eu-west-1"},
        settings.toEngine(Map.of("AWS_ACCESS_KEY_ID", "c", "PATH", "/bin")));
  }

  @Test
  void credentialsThatWereGivenTravel() {
    Settings settings = collect(Map.of(), "AWS_ACCESS_KEY_ID=given");
    assertArrayEquals(
        new String[] {"AWS_ACCESS_KEY_ID=given"},
        settings.toEngine(Map.of("AWS_ACCESS_KEY_ID", "the process's")));
  }

  @Test
  void anArgumentThatIsNoSettingIsRefused() {
    for (String argument : new String[] {"--topic", "=x", ""}) {
      assertThrows(
          IllegalArgumentException.class, () -> collect(Map.of(), argument), argument);
    }
  }

  @Test
  void doesNotShowValues() {
    assertFalse(collect(Map.of(), "KAFKA_SASL_PASSWORD=hunter2").toString().contains("hunter2"));
  }

  private Settings collect(Map<String, String> environment, String... arguments) {
    return Settings.collect(environment, folder.resolve("absent.json"), arguments);
  }

  private Path write(String json) throws IOException {
    return Files.writeString(folder.resolve("application_properties.json"), json);
  }
}
