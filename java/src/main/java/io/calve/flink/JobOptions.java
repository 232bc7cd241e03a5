package io.calve.flink;

import java.util.OptionalInt;
import java.util.OptionalLong;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.JsonNode;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * What the settings say about the job as such: {@code FLINK_PARALLELISM}, {@code
 * FLINK_CHECKPOINT_INTERVAL}, {@code FLINK_CHECKPOINT_DIR}, and the names for Flink's UI. What is
 * not set is left to Flink's own configuration.
 */
record JobOptions(
    String topic,
    String pipeline,
    OptionalInt parallelism,
    OptionalLong checkpointIntervalMs,
    String checkpointDir) {

  static JobOptions parse(String json) {
    JsonNode node = EngineJson.parse(json);
    return new JobOptions(
        node.required("topic").asText(),
        node.required("pipeline").asText(),
        node.hasNonNull("parallelism")
            ? OptionalInt.of(node.get("parallelism").asInt())
            : OptionalInt.empty(),
        node.path("checkpointIntervalMs").asLong() > 0
            ? OptionalLong.of(node.get("checkpointIntervalMs").asLong())
            : OptionalLong.empty(),
        node.path("checkpointDir").asText(""));
  }

  /** Sets by key rather than by method: the keys are the same in every line of Flink. */
  void applyTo(StreamExecutionEnvironment env) {
    Configuration configuration = new Configuration();
    // Records are handed from the source to the writer in one chain and kept by neither.
    configuration.setString("pipeline.object-reuse", "true");
    configuration.setString("pipeline.generic-types", "false");
    // A barrier must not overtake what the writers sealed for it.
    configuration.setString("execution.checkpointing.mode", "EXACTLY_ONCE");
    configuration.setString("execution.checkpointing.unaligned", "false");
    // By this the committer knows how old the epochs are that the writers fill: see ARCHITECTURE.md.
    configuration.setString("execution.checkpointing.max-concurrent-checkpoints", "1");
    // Clean-up tells by the checkpoints before this one how old the writers' open files can be.
    configuration.setString("execution.checkpointing.max-concurrent-checkpoints", "1");
    // The way back after a lost JobManager.
    configuration.setString(
        "execution.checkpointing.externalized-checkpoint-retention", "RETAIN_ON_CANCELLATION");
    checkpointIntervalMs.ifPresent(
        ms -> configuration.setString("execution.checkpointing.interval", ms + " ms"));
    if (!checkpointDir.isEmpty()) {
      configuration.setString("state.checkpoints.dir", checkpointDir);
    }
    parallelism.ifPresent(env::setParallelism);
    env.configure(configuration, getClass().getClassLoader());
    requireCheckpoints(env);
  }

  private static void requireCheckpoints(StreamExecutionEnvironment env) {
    if (!env.getCheckpointConfig().isCheckpointingEnabled()) {
      throw new IllegalStateException(
          "This job has no checkpoints, and it commits when one completes: it would read for ever and"
              + " commit nothing. Add the line FLINK_CHECKPOINT_INTERVAL=10s to its settings, or"
              + " execution.checkpointing.interval: 10s to Flink's configuration.");
    }
  }
}
