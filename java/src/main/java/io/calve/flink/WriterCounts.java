package io.calve.flink;

import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.JsonNode;

/** What a writer has done since it was opened. */
record WriterCounts(
    long read, long valid, long rejected, long bytes, Map<String, Long> rejectsByReason) {

  static final WriterCounts NONE = new WriterCounts(0, 0, 0, 0, Map.of());

  static WriterCounts parse(String json) {
    JsonNode node = EngineJson.parse(json);
    Map<String, Long> reasons = new TreeMap<>();
    node.path("rejectsByReason")
        .fields()
        .forEachRemaining(field -> reasons.put(field.getKey(), field.getValue().asLong()));
    return new WriterCounts(
        node.path("read").asLong(),
        node.path("valid").asLong(),
        node.path("rejected").asLong(),
        node.path("bytes").asLong(),
        reasons);
  }
}
