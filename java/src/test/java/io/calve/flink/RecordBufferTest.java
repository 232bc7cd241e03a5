package io.calve.flink;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class RecordBufferTest {
  @Test
  void laysRecordsBackToBackInLittleEndian() {
    RecordBuffer buffer = new RecordBuffer();
    buffer.add(record(2, 0x0102030405060708L, 1_700_000_000_000L, new byte[] {'{', '}'}));
    buffer.add(record(3, 7, -1, null));
    buffer.add(RawRecord.startOf(1, 9));

    byte[] expected = {
      2, 0, 0, 0, // partition
      8, 7, 6, 5, 4, 3, 2, 1, // offset
      0, 0x68, (byte) 0xe5, (byte) 0xcf, (byte) 0x8b, 1, 0, 0, // timestamp
      2, 0, 0, 0, '{', '}',
      3, 0, 0, 0,
      7, 0, 0, 0, 0, 0, 0, 0,
      -1, -1, -1, -1, -1, -1, -1, -1,
      -1, -1, -1, -1, // tombstone
      1, 0, 0, 0,
      9, 0, 0, 0, 0, 0, 0, 0,
      0, 0, 0, 0, 0, 0, 0, 0,
      -2, -1, -1, -1, // start
    };
    assertEquals(expected.length, buffer.sizeBytes());
    assertEquals(3, buffer.count());
    assertArrayEquals(expected, bytesOf(buffer));
  }

  @Test
  void nativeCodeCanReadItInPlace() {
    assertTrue(new RecordBuffer().memory().isDirect());
  }

  @Test
  void anEmptyValueIsNoTombstone() {
    RecordBuffer buffer = new RecordBuffer();
    buffer.add(record(0, 0, 0, new byte[0]));
    assertEquals(RecordBuffer.HEADER_BYTES, buffer.sizeBytes());
    assertEquals(0, bytesOf(buffer)[RecordBuffer.HEADER_BYTES - 1]);
  }

  @Test
  void isFullAtItsNumberOfRecords() {
    RecordBuffer buffer = new RecordBuffer();
    RawRecord small = record(0, 0, 0, new byte[1]);
    for (int i = 0; i < RecordBuffer.RECORDS_MAX; i++) {
      assertTrue(buffer.hasRoomFor(small), "record " + i);
      buffer.add(small);
    }
    assertFalse(buffer.hasRoomFor(small));
    buffer.clear();
    assertTrue(buffer.hasRoomFor(small));
    assertEquals(0, buffer.sizeBytes());
  }

  @Test
  void isFullAtItsNumberOfBytes() {
    int largest = RecordBuffer.CAPACITY_BYTES - RecordBuffer.HEADER_BYTES;
    RecordBuffer buffer = new RecordBuffer();
    assertTrue(buffer.hasRoomFor(record(0, 0, 0, new byte[largest])));
    assertFalse(buffer.hasRoomFor(record(0, 0, 0, new byte[largest + 1])));
    assertFalse(RecordBuffer.isOversized(record(0, 0, 0, new byte[largest])));
    assertTrue(RecordBuffer.isOversized(record(0, 0, 0, new byte[largest + 1])));
    buffer.add(record(0, 0, 0, new byte[largest]));
    assertFalse(buffer.hasRoomFor(record(0, 0, 0, null)));
  }

  @Test
  void aRecordOfAnySizeHasABufferOfItsOwn() {
    RawRecord large = record(1, 2, 3, new byte[3 * RecordBuffer.CAPACITY_BYTES]);
    RecordBuffer buffer = RecordBuffer.ofOne(large);
    assertEquals(large.value.length + RecordBuffer.HEADER_BYTES, buffer.sizeBytes());
    assertEquals(1, buffer.count());
  }

  private static RawRecord record(int partition, long offset, long timestampMs, byte[] value) {
    RawRecord record = new RawRecord();
    record.partition = partition;
    record.offset = offset;
    record.timestampMs = timestampMs;
    record.value = value;
    return record;
  }

  private static byte[] bytesOf(RecordBuffer buffer) {
    ByteBuffer memory = buffer.memory().duplicate().flip();
    byte[] bytes = new byte[memory.remaining()];
    memory.get(bytes);
    return bytes;
  }
}
