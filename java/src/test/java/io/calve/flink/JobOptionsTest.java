package io.calve.flink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.CheckpointConfig;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.Test;

class JobOptionsTest {
  private static final String MINIMAL = "{\"topic\":\"orders\",\"pipeline\":\"p\"}";

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

  private StreamExecutionEnvironment apply(String json) {
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(cluster);
    JobOptions.parse(json).applyTo(env);
    return env;
  }
}
