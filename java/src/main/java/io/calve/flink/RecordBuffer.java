package io.calve.flink;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Records on their way across the border, back to back in memory that native code reads in place:
 *
 * <pre>
 * frame ::= partition:i32 offset:i64 timestamp_ms:i64 length:i32 byte*     little endian
 *   length &gt;= 0  a record with that many bytes of value
 *   length = -1  a tombstone
 *   length = -2  no record: from here on the partition is read by this task, beginning at the offset
 * </pre>
 *
 * The last kind comes before the first record of a partition; offsets of a partition ascend.
 */
final class RecordBuffer {
  static final int CAPACITY_BYTES = 1 << 20;
  static final int RECORDS_MAX = 2_048;
  static final int HEADER_BYTES = Integer.BYTES + Long.BYTES + Long.BYTES + Integer.BYTES;
  private static final int TOMBSTONE = -1;
  private static final int START = -2;

  private final ByteBuffer bytes;
  private int count;

  RecordBuffer() {
    this(CAPACITY_BYTES);
  }

  private RecordBuffer(int capacityBytes) {
    bytes = ByteBuffer.allocateDirect(capacityBytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** For a record that no empty buffer of the usual size could take. */
  static RecordBuffer ofOne(RawRecord record) {
    RecordBuffer buffer = new RecordBuffer(sizeOf(record));
    buffer.add(record);
    return buffer;
  }

  static boolean isOversized(RawRecord record) {
    return sizeOf(record) > CAPACITY_BYTES;
  }

  boolean hasRoomFor(RawRecord record) {
    return count < RECORDS_MAX && sizeOf(record) <= bytes.remaining();
  }

  /** Copies the record; it must have room. */
  void add(RawRecord record) {
    byte[] value = record.value;
    bytes.putInt(record.partition).putLong(record.offset).putLong(record.timestampMs);
    if (value == null) {
      bytes.putInt(record.isStart ? START : TOMBSTONE);
    } else {
      bytes.putInt(value.length).put(value);
    }
    count++;
  }

  /** The memory from its beginning; the first {@link #sizeBytes} of it hold the records. */
  ByteBuffer memory() {
    return bytes;
  }

  int sizeBytes() {
    return bytes.position();
  }

  int count() {
    return count;
  }

  void clear() {
    bytes.clear();
    count = 0;
  }

  private static int sizeOf(RawRecord record) {
    return HEADER_BYTES + (record.value == null ? 0 : record.value.length);
  }
}
