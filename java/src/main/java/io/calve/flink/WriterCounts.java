package io.calve.flink;

import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.JsonNode;

/** What a writer has done since it was opened. */
final class WriterCounts {
  static final WriterCounts NONE = parse("{}");

  final long read;
  final long valid;
  final long rejected;
  final long bytes;
  final Map<String, Long> rejectsByReason = new TreeMap<>();

  private WriterCounts(JsonNode node) {
    read = node.path("read").asLong();
    valid = node.path("valid").asLong();
    rejected = node.path("rejected").asLong();
    bytes = node.path("bytes").asLong();
    node.path("rejectsByReason")
        .fields()
        .forEachRemaining(field -> rejectsByReason.put(field.getKey(), field.getValue().asLong()));
  }

  static WriterCounts parse(String json) {
    return new WriterCounts(EngineJson.parse(json));
  }
}
