package io.calve.flink;

/**
 * One Kafka record on its way from the source to the writer, or the place from which the records of a
 * partition follow. The source fills the same object again and again, for the two are chained and the
 * writer copies at once.
 *
 * <p>To Flink it is a POJO: it has a serializer, and Kryo none of it, where somebody breaks the chain.
 */
public final class RawRecord {
  public int partition;
  public long offset;
  public long timestampMs;

  /** Null for a tombstone. */
  public byte[] value;

  /** No record: from here on this task reads the partition, beginning at the offset. */
  public boolean isStart;

  public RawRecord() {}

  static RawRecord startOf(int partition, long offset) {
    RawRecord start = new RawRecord();
    start.partition = partition;
    start.offset = offset;
    start.isStart = true;
    return start;
  }
}
