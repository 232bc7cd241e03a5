package io.calve.flink;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer.PartitionOffsetsRetriever;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.clients.consumer.OffsetResetStrategy;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class TablePositionTest {
  private static final TopicPartition P0 = new TopicPartition("orders", 0);
  private static final TopicPartition P1 = new TopicPartition("orders", 1);

  @Test
  void startsWhereTheTableEndsAndElsewhereAtTheBeginning() {
    TablePosition position = TablePosition.parse("{\"0\":9000000000}");
    assertEquals(
        Map.of(P0, 9_000_000_000L, P1, Broker.BEGINNING),
        position.getPartitionOffsets(List.of(P0, P1), new Broker()));
  }

  @Test
  void aFreshTableStartsAtTheBeginning() {
    assertEquals(
        Map.of(P0, Broker.BEGINNING),
        TablePosition.parse("{}").getPartitionOffsets(List.of(P0), new Broker()));
  }

  @Test
  void neverSkipsWhatIsGone() {
    assertEquals(
        OffsetResetStrategy.NONE, TablePosition.parse("{}").getAutoOffsetResetStrategy());
  }

  /** A broker whose consumer group has offsets: to ask for them is the mistake. */
  private static final class Broker implements PartitionOffsetsRetriever {
    static final long BEGINNING = 17;

    @Override
    public Map<TopicPartition, Long> beginningOffsets(Collection<TopicPartition> partitions) {
      Map<TopicPartition, Long> offsets = new HashMap<>();
      partitions.forEach(partition -> offsets.put(partition, BEGINNING));
      return offsets;
    }

    @Override
    public Map<TopicPartition, Long> committedOffsets(Collection<TopicPartition> partitions) {
      throw new AssertionError("the group's offsets were asked for");
    }

    @Override
    public Map<TopicPartition, Long> endOffsets(Collection<TopicPartition> partitions) {
      throw new AssertionError("the end was asked for");
    }

    @Override
    public Map<TopicPartition, OffsetAndTimestamp> offsetsForTimes(
        Map<TopicPartition, Long> timestamps) {
      throw new AssertionError("times were asked for");
    }
  }
}
