package io.calve.flink;

import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.JsonNode;

/** What became of a commit. */
final class CommitResult {
  enum Outcome {
    COMMITTED,
    /** By an earlier attempt, whatever its job. */
    ALREADY_COMMITTED,
    /** There was nothing in it that the table did not have. */
    NOTHING
  }

  final Outcome outcome;
  final long snapshotId;
  final long valid;
  final long rejected;
  final long files;
  final long bytes;
  final long freshnessMs;

  private CommitResult(JsonNode node) {
    outcome = outcome(node.required("outcome").asText());
    snapshotId = node.path("snapshotId").asLong();
    valid = node.path("valid").asLong();
    rejected = node.path("rejected").asLong();
    files = node.path("files").asLong();
    bytes = node.path("bytes").asLong();
    freshnessMs = node.path("freshnessMs").asLong();
  }

  static CommitResult parse(String json) {
    return new CommitResult(EngineJson.parse(json));
  }

  private static Outcome outcome(String name) {
    switch (name) {
      case "committed":
        return Outcome.COMMITTED;
      case "already-committed":
        return Outcome.ALREADY_COMMITTED;
      case "nothing":
        return Outcome.NOTHING;
      default:
        throw new IllegalArgumentException("The engine knows no such outcome: " + name);
    }
  }
}
