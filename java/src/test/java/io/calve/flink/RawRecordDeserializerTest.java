package io.calve.flink;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.flink.api.java.typeutils.PojoTypeInfo;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

class RawRecordDeserializerTest {
  private final RawRecordDeserializer deserializer = new RawRecordDeserializer();
  private final List<RawRecord> handed = new ArrayList<>();

  @Test
  void handsOnTheBytesAndTheirPlace() {
    byte[] value = {1, 2, 3};
    deserializer.deserialize(consumed(4, 99, 123, value), collector());
    RawRecord record = handed.get(0);
    assertEquals(4, record.partition);
    assertEquals(99, record.offset);
    assertEquals(123, record.timestampMs);
    assertArrayEquals(value, record.value);
  }

  @Test
  void aTombstoneHidesTheValueBefore() {
    deserializer.deserialize(consumed(0, 0, 0, new byte[] {1}), collector());
    deserializer.deserialize(consumed(0, 1, 0, null), collector());
    assertNull(handed.get(1).value);
  }

  @Test
  void flinkNeedsNoKryoForIt() {
    PojoTypeInfo<?> type =
        assertInstanceOf(PojoTypeInfo.class, deserializer.getProducedType());
    assertEquals(5, type.getArity());
  }

  private static ConsumerRecord<byte[], byte[]> consumed(
      int partition, long offset, long timestampMs, byte[] value) {
    return new ConsumerRecord<>(
        "orders",
        partition,
        offset,
        timestampMs,
        TimestampType.CREATE_TIME,
        0,
        0,
        null,
        value,
        new RecordHeaders(),
        Optional.empty());
  }

  private Collector<RawRecord> collector() {
    return new Collector<>() {
      @Override
      public void collect(RawRecord record) {
        handed.add(record);
      }

      @Override
      public void close() {}
    };
  }
}
