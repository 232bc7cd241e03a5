package io.calve.flink;

import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.JsonNode;
import org.apache.flink.streaming.api.environment.CheckpointConfig;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * What the settings say about the job as such: {@code FLINK_PARALLELISM}, {@code
 * FLINK_CHECKPOINT_INTERVAL}, {@code FLINK_CHECKPOINT_DIR}, and the names for Flink's UI. What is
 * not set is left to Flink's own configuration.
 */
final class JobOptions {
  final String topic;
  final String pipeline;
  private final OptionalInt parallelism;
  private final OptionalLong checkpointIntervalMs;
  private final String checkpointDir;

  private JobOptions(JsonNode node) {
    topic = node.required("topic").asText();
    pipeline = node.required("pipeline").asText();
    parallelism =
        node.hasNonNull("parallelism")
            ? OptionalInt.of(node.get("parallelism").asInt())
            : OptionalInt.empty();
    checkpointIntervalMs =
        node.path("checkpointIntervalMs").asLong() > 0
            ? OptionalLong.of(node.get("checkpointIntervalMs").asLong())
            : OptionalLong.empty();
    checkpointDir = node.path("checkpointDir").asText("");
  }

  static JobOptions parse(String json) {
    return new JobOptions(EngineJson.parse(json));
  }

  /**
   * Sets by key rather than by method: the keys are the same in every line of Flink. What exactly
   * once rests on is checked afterwards, whoever has set it.
   */
  void applyTo(StreamExecutionEnvironment env, ProgramConfiguration program) {
    if (!program.isOurs) {
      requireNoneOfTheServices();
    }
    Configuration configuration = new Configuration();
    wanted()
        .forEach(
            (key, value) -> {
              if (program.mayContain(key)) {
                configuration.setString(key, value);
              }
            });
    if (!configuration.keySet().isEmpty()) {
      env.configure(configuration, getClass().getClassLoader());
    }
    parallelism.ifPresent(env::setParallelism);
    requireCheckpoints(env);
    requireExactlyOnce(env.getCheckpointConfig());
  }

  private Map<String, String> wanted() {
    Map<String, String> wanted = new TreeMap<>();
    // Records are handed from the source to the writer in one chain and kept by neither.
    wanted.put("pipeline.object-reuse", "true");
    wanted.put("pipeline.generic-types", "false");
    wanted.put("execution.checkpointing.mode", "EXACTLY_ONCE");
    wanted.put("execution.checkpointing.unaligned", "false");
    wanted.put("execution.checkpointing.max-concurrent-checkpoints", "1");
    // The way back after a lost JobManager.
    wanted.put("execution.checkpointing.externalized-checkpoint-retention", "RETAIN_ON_CANCELLATION");
    checkpointIntervalMs.ifPresent(ms -> wanted.put("execution.checkpointing.interval", ms + " ms"));
    if (!checkpointDir.isEmpty()) {
      wanted.put("state.checkpoints.dir", checkpointDir);
    }
    return wanted;
  }

  private void requireNoneOfTheServices() {
    if (parallelism.isPresent() || checkpointIntervalMs.isPresent() || !checkpointDir.isEmpty()) {
      throw new IllegalStateException(
          "Here a program may set neither checkpoints nor parallelism; take out of its settings what of"
              + " FLINK_PARALLELISM, FLINK_CHECKPOINT_INTERVAL and FLINK_CHECKPOINT_DIR is there. On"
              + " Managed Flink they are the application's ParallelismConfiguration and"
              + " CheckpointConfiguration; elsewhere execution.program-config.enabled is false.");
    }
  }

  private static void requireCheckpoints(StreamExecutionEnvironment env) {
    if (!env.getCheckpointConfig().isCheckpointingEnabled()) {
      throw new IllegalStateException(
          "This job has no checkpoints, and it commits when one completes: it would read for ever and"
              + " commit nothing. Add the line FLINK_CHECKPOINT_INTERVAL=10s to its settings, or"
              + " execution.checkpointing.interval: 10s to Flink's configuration; on Managed Flink"
              + " \"CheckpointingEnabled\": true to the application's CheckpointConfiguration.");
    }
  }

  private static void requireExactlyOnce(CheckpointConfig checkpoints) {
    // At least once, a record before a barrier may be sealed behind it, and a barrier that overtakes
    // leaves behind what the writers sealed for it. By one checkpoint at a time the committer knows
    // how old the epochs are that the writers fill: see ARCHITECTURE.md.
    if (!checkpoints.getCheckpointingMode().name().equals("EXACTLY_ONCE")
        || checkpoints.isUnalignedCheckpointsEnabled()
        || checkpoints.getMaxConcurrentCheckpoints() != 1) {
      throw new IllegalStateException(
          "This job needs aligned checkpoints, exactly once, one at a time. Set"
              + " execution.checkpointing.mode: EXACTLY_ONCE, execution.checkpointing.unaligned: false"
              + " and execution.checkpointing.max-concurrent-checkpoints: 1 in Flink's configuration; it"
              + " has "
              + checkpoints.getCheckpointingMode()
              + ", "
              + checkpoints.isUnalignedCheckpointsEnabled()
              + " and "
              + checkpoints.getMaxConcurrentCheckpoints()
              + ".");
    }
  }
}
