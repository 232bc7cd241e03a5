package io.calve.flink;

import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.groups.SinkWriterMetricGroup;

/**
 * Gathers records and passes them to the engine, one call a buffer; at a checkpoint it has the engine
 * close its files. All that differs between Flink's lines is the interface on {@link #prepareCommit}.
 */
abstract class RecordWriter implements SinkWriter<RawRecord> {
  private final RecordBuffer buffer = new RecordBuffer();
  private final BitSet startedPartitions = new BitSet();
  private final Engine engine;
  private final long handle;
  private final WriterMetrics metrics;
  private final Counter recordsSent;
  private final Counter bytesSent;

  RecordWriter(Settings settings, LogIdentity log, SinkWriterMetricGroup metricGroup) {
    try {
      engine = Engine.open(settings);
      handle = openWriter(engine, log);
    } catch (CalveException e) {
      throw e.forFlink();
    }
    metrics = new WriterMetrics(metricGroup);
    recordsSent = metricGroup.getNumRecordsSendCounter();
    bytesSent = metricGroup.getNumBytesSendCounter();
  }

  @Override
  public void write(RawRecord record, Context context) {
    boolean isKnown = startedPartitions.get(record.partition);
    startedPartitions.set(record.partition);
    if (!isKnown && !record.isStart) {
      // Found while the job ran: the source knows no offset but "the earliest".
      gather(RawRecord.startOf(record.partition, record.offset));
    }
    gather(record);
  }

  private void gather(RawRecord record) {
    if (!buffer.hasRoomFor(record)) {
      pass(buffer);
      if (RecordBuffer.isOversized(record)) {
        pass(RecordBuffer.ofOne(record));
        return;
      }
    }
    buffer.add(record);
  }

  @Override
  public void flush(boolean endOfInput) {
    pass(buffer);
  }

  /** Flink calls it behind {@link #flush}, at the barrier. */
  public Collection<Sealed> prepareCommit() {
    try {
      byte[] facts = NativeEngine.seal(handle);
      metrics.show(WriterCounts.parse(NativeEngine.writerMetrics(handle)));
      return facts.length == 0 ? List.of() : List.of(new Sealed(facts));
    } catch (CalveException e) {
      throw e.forFlink();
    }
  }

  @Override
  public void close() throws CalveException {
    try (engine) {
      NativeEngine.closeWriter(handle);
    }
  }

  private void pass(RecordBuffer full) {
    if (full.count() == 0) {
      return;
    }
    try {
      NativeEngine.write(handle, full.memory(), full.sizeBytes());
    } catch (CalveException e) {
      throw e.forFlink();
    }
    recordsSent.inc(full.count());
    bytesSent.inc(full.sizeBytes());
    full.clear();
  }

  private static long openWriter(Engine engine, LogIdentity log) throws CalveException {
    try (LogCheck check = new LogCheck(engine.kafkaProperties(), log)) {
      check.requireSame();
      return NativeEngine.openWriter(engine.handle(), log.cluster, log.topic, log.topicId);
    } catch (CalveException | RuntimeException e) {
      engine.close();
      throw e;
    }
  }
}
