package io.calve.flink;

/**
 * One Kafka record on its way from the source to the writer. The source fills the same object again
 * and again, for the two are chained and the writer copies at once.
 *
 * <p>To Flink it is a POJO: it has a serializer, and Kryo none of it, where somebody breaks the chain.
 */
public final class RawRecord {
  public int partition;
  public long offset;
  public long timestampMs;

  /** Null for a tombstone. */
  public byte[] value;

  public RawRecord() {}
}
