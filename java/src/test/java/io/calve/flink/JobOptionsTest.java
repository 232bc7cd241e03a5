package io.calve.flink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.CheckpointConfig;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JobOptionsTest {
  private static final String MINIMAL = "{\"topic\":\"orders\",\"pipeline\":\"p\"}";

  @TempDir Path folder;
  private final Configuration cluster = new Configuration();

  @Test
  void appliesWhatIsSet() {
    StreamExecutionEnvironment env =
        apply(
            "{\"topic\":\"orders\",\"pipeline\":\"p\",\"parallelism\":3,"
                + "\"checkpointIntervalMs\":2500,\"checkpointDir\":\"file:///tmp/c\"}");
    assertEquals(3, env.getParallelism());
    assertEquals(2500, env.getCheckpointConfig().getCheckpointInterval());
    assertFalse(env.getCheckpointConfig().isUnalignedCheckpointsEnabled());
    assertTrue(env.getConfig().isObjectReuseEnabled());
  }

  @Test
  void refusesToRunWithoutCheckpointsAndNamesTheLine() {
    Exception refusal = assertThrows(IllegalStateException.class, () -> apply(MINIMAL));
    assertTrue(
        refusal.getMessage().contains("FLINK_CHECKPOINT_INTERVAL=10s"), refusal.getMessage());
  }

  @Test
  void takesTheClustersCheckpointsAndParallelism() {
    cluster.setString("execution.checkpointing.interval", "7 s");
    cluster.setString("parallelism.default", "5");
    StreamExecutionEnvironment env = apply(MINIMAL);
    assertEquals(7000, env.getCheckpointConfig().getCheckpointInterval());
    assertEquals(5, env.getParallelism());
  }

  @Test
  void whatExactlyOnceRestsOnIsNotTheClustersToChange() {
    cluster.setString("execution.checkpointing.interval", "7 s");
    cluster.setString("execution.checkpointing.max-concurrent-checkpoints", "3");
    cluster.setString("execution.checkpointing.unaligned", "true");
    cluster.setString("execution.checkpointing.mode", "AT_LEAST_ONCE");
    CheckpointConfig checkpoints = apply(MINIMAL).getCheckpointConfig();
    assertEquals(1, checkpoints.getMaxConcurrentCheckpoints());
    assertFalse(checkpoints.isUnalignedCheckpointsEnabled());
    assertEquals("EXACTLY_ONCE", checkpoints.getCheckpointingMode().name());
  }

  @Test
  void itsOwnIntervalWinsOverTheClusters() {
    cluster.setString("execution.checkpointing.interval", "7 s");
    StreamExecutionEnvironment env =
        apply("{\"topic\":\"orders\",\"pipeline\":\"p\",\"checkpointIntervalMs\":1000}");
    assertEquals(1000, env.getCheckpointConfig().getCheckpointInterval());
  }

  @Test
  void anAnswerWithoutATopicIsADefect() {
    assertThrows(IllegalArgumentException.class, () -> JobOptions.parse("{\"pipeline\":\"p\"}"));
    assertThrows(IllegalArgumentException.class, () -> JobOptions.parse("{"));
  }

  @Test
  void setsNothingThatAServiceKeepsToItself() throws IOException {
    cluster.setString("execution.checkpointing.interval", "60 s");
    Path onManagedFlink = Files.writeString(folder.resolve("application_properties.json"), "[]");
    StreamExecutionEnvironment env = onCluster();
    Map<String, String> before = Map.copyOf(configurationOf(env));
    apply(env, MINIMAL, onManagedFlink);
    assertEquals(before, configurationOf(env));
    assertFalse(env.getConfig().isObjectReuseEnabled());
  }

  @Test
  void setsWhatAServiceLetsAProgramSet() {
    cluster.setString("execution.checkpointing.interval", "60 s");
    cluster.setString("execution.program-config.enabled", "false");
    cluster.setString("execution.program-config.wildcards", "pipeline.object-reuse");
    StreamExecutionEnvironment env = apply(MINIMAL);
    assertTrue(env.getConfig().isObjectReuseEnabled());
  }

  @Test
  void saysWhoseTheSettingsAreThatAServiceKeepsToItself() {
    cluster.setString("execution.checkpointing.interval", "60 s");
    cluster.setString("execution.program-config.enabled", "false");
    for (String setting :
        List.of("\"parallelism\":3", "\"checkpointIntervalMs\":1000", "\"checkpointDir\":\"s3://b/c\"")) {
      Exception refusal =
          assertThrows(
              IllegalStateException.class,
              () -> apply("{\"topic\":\"orders\",\"pipeline\":\"p\"," + setting + "}"),
              setting);
      assertTrue(refusal.getMessage().contains("CheckpointConfiguration"), refusal.getMessage());
    }
  }

  @Test
  void refusesAServicesCheckpointsThatAreNotExactlyOnce() {
    cluster.setString("execution.program-config.enabled", "false");
    for (String[] setting :
        new String[][] {
          {"execution.checkpointing.mode", "AT_LEAST_ONCE"},
          {"execution.checkpointing.unaligned", "true"},
          {"execution.checkpointing.max-concurrent-checkpoints", "2"}
        }) {
      cluster.setString("execution.checkpointing.interval", "60 s");
      cluster.setString(setting[0], setting[1]);
      Exception refusal = assertThrows(IllegalStateException.class, () -> apply(MINIMAL), setting[0]);
      assertTrue(refusal.getMessage().contains(setting[0]), refusal.getMessage());
      cluster.removeKey(setting[0]);
    }
  }

  private StreamExecutionEnvironment apply(String json) {
    return apply(onCluster(), json, folder.resolve("absent.json"));
  }

  private StreamExecutionEnvironment onCluster() {
    return StreamExecutionEnvironment.getExecutionEnvironment(cluster);
  }

  private static StreamExecutionEnvironment apply(
      StreamExecutionEnvironment env, String json, Path serviceFile) {
    JobOptions.parse(json)
        .applyTo(env, ProgramConfiguration.of(env.getConfiguration(), serviceFile));
    return env;
  }

  private static Map<String, String> configurationOf(StreamExecutionEnvironment env) {
    return ((Configuration) env.getConfiguration()).toMap();
  }
}
