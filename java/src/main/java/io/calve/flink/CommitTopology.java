package io.calve.flink;

import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.connector.sink2.CommittableMessage;
import org.apache.flink.streaming.api.connector.sink2.CommittableMessageTypeInfo;
import org.apache.flink.streaming.api.datastream.DataStream;

/** What lies round Flink's own committer: from many writers to one that commits, and its metrics. */
final class CommitTopology {
  private CommitTopology() {}

  static DataStream<CommittableMessage<Sealed>> before(
      DataStream<CommittableMessage<Sealed>> sealed) {
    return sealed
        .global()
        .transform(
            "Combine",
            CommittableMessageTypeInfo.of(SealedSerializer::new),
            new CombineOperator())
        .uid("combine")
        .setParallelism(1)
        .setMaxParallelism(1)
        // Flink gives the committer the parallelism of the writers: all but its first subtask stay idle.
        .global();
  }

  static void after(DataStream<CommittableMessage<Sealed>> committed) {
    committed.flatMap(new CommitMetrics(), Types.VOID).name("Commit metrics").uid("commit-metrics");
  }
}
