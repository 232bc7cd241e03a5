package io.calve.flink;

import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.JsonNode;

/** What became of a commit. */
record CommitResult(
    Outcome outcome,
    long snapshotId,
    long valid,
    long rejected,
    long files,
    long bytes,
    long freshnessMs) {

  enum Outcome {
    COMMITTED,
    /** By an earlier attempt, whatever its job. */
    ALREADY_COMMITTED,
    /** There was nothing in it that the table did not have. */
    NOTHING
  }

  static CommitResult parse(String json) {
    JsonNode node = EngineJson.parse(json);
    return new CommitResult(
        outcome(node.required("outcome").asText()),
        node.path("snapshotId").asLong(),
        node.path("valid").asLong(),
        node.path("rejected").asLong(),
        node.path("files").asLong(),
        node.path("bytes").asLong(),
        node.path("freshnessMs").asLong());
  }

  private static Outcome outcome(String name) {
    return switch (name) {
      case "committed" -> Outcome.COMMITTED;
      case "already-committed" -> Outcome.ALREADY_COMMITTED;
      case "nothing" -> Outcome.NOTHING;
      default -> throw new IllegalArgumentException("The engine knows no such outcome: " + name);
    };
  }
}
