package io.calve.flink;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceOutput;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.core.io.InputStatus;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class StartingReaderTest {
  private final StartingReader reader = new StartingReader(new OneRecordAPoll());
  private final Output output = new Output();

  @Test
  void startsComeOnceAndBeforeTheRecords() throws Exception {
    reader.addSplits(List.of(split(0, 400), split(1, 0)));
    reader.pollNext(output);
    reader.pollNext(output);
    assertEquals(
        List.of("start 0 at 400", "start 1 at 0", "record", "record"), output.collected);
  }

  @Test
  void aSplitThatComesLaterHasItsStart() throws Exception {
    reader.addSplits(List.of(split(0, 400)));
    reader.pollNext(output);
    reader.addSplits(List.of(split(2, 7)));
    reader.pollNext(output);
    assertEquals(
        List.of("start 0 at 400", "record", "start 2 at 7", "record"), output.collected);
  }

  @Test
  void theEarliestIsNoOffset() throws Exception {
    reader.addSplits(List.of(split(0, KafkaPartitionSplit.EARLIEST_OFFSET)));
    reader.pollNext(output);
    assertEquals(List.of("record"), output.collected);
  }

  private static KafkaPartitionSplit split(int partition, long offset) {
    return new KafkaPartitionSplit(new TopicPartition("orders", partition), offset);
  }

  private static final class Output implements ReaderOutput<RawRecord> {
    final List<String> collected = new ArrayList<>();

    @Override
    public void collect(RawRecord record) {
      collected.add(
          record.isStart ? "start " + record.partition + " at " + record.offset : "record");
    }

    @Override
    public void collect(RawRecord record, long timestamp) {
      collect(record);
    }

    @Override
    public void emitWatermark(Watermark watermark) {}

    @Override
    public void markIdle() {}

    @Override
    public void markActive() {}

    @Override
    public SourceOutput<RawRecord> createOutputForSplit(String splitId) {
      return this;
    }

    @Override
    public void releaseOutputForSplit(String splitId) {}
  }

  private static final class OneRecordAPoll implements SourceReader<RawRecord, KafkaPartitionSplit> {
    @Override
    public InputStatus pollNext(ReaderOutput<RawRecord> output) {
      output.collect(new RawRecord());
      return InputStatus.MORE_AVAILABLE;
    }

    @Override
    public void start() {}

    @Override
    public List<KafkaPartitionSplit> snapshotState(long checkpointId) {
      return List.of();
    }

    @Override
    public CompletableFuture<Void> isAvailable() {
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public void addSplits(List<KafkaPartitionSplit> splits) {}

    @Override
    public void notifyNoMoreSplits() {}

    @Override
    public void close() {}
  }
}
