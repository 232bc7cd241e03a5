package io.calve.flink;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.JsonNode;
import org.apache.kafka.clients.consumer.OffsetResetStrategy;
import org.apache.kafka.common.TopicPartition;

/**
 * Starts the source where the table ends, and partitions that the table does not know at their
 * beginning. The consumer group's offsets are never asked: they are there for lag tools alone. A
 * restored checkpoint has its own offsets, and this is not used then.
 */
final class TablePosition implements OffsetsInitializer {
  private final HashMap<Integer, Long> nextOffsets;

  TablePosition(Map<Integer, Long> nextOffsets) {
    this.nextOffsets = new HashMap<>(nextOffsets);
  }

  static TablePosition parse(String json) {
    JsonNode node = EngineJson.parse(json);
    Map<Integer, Long> offsets = new HashMap<>();
    node.fields()
        .forEachRemaining(
            field -> offsets.put(Integer.valueOf(field.getKey()), field.getValue().asLong()));
    return new TablePosition(offsets);
  }

  @Override
  public Map<TopicPartition, Long> getPartitionOffsets(
      Collection<TopicPartition> partitions, PartitionOffsetsRetriever retriever) {
    Map<TopicPartition, Long> offsets = new HashMap<>();
    List<TopicPartition> unknown = new ArrayList<>();
    for (TopicPartition partition : partitions) {
      Long next = nextOffsets.get(partition.partition());
      if (next == null) {
        unknown.add(partition);
      } else {
        offsets.put(partition, next);
      }
    }
    if (!unknown.isEmpty()) {
      offsets.putAll(retriever.beginningOffsets(unknown));
    }
    return offsets;
  }

  /** If events are gone before they were read, the job stops: it never skips them silently. */
  @Override
  public OffsetResetStrategy getAutoOffsetResetStrategy() {
    return OffsetResetStrategy.NONE;
  }
}
