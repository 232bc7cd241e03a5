package io.calve.flink;

import org.apache.flink.streaming.api.connector.sink2.CommittableMessage;
import org.apache.flink.streaming.api.connector.sink2.CommittableMessageTypeInfo;
import org.apache.flink.streaming.api.datastream.DataStream;

/** From many writers to one committable a checkpoint, and to one subtask that commits. */
final class PreCommitTopology {
  private PreCommitTopology() {}

  static DataStream<CommittableMessage<Sealed>> build(
      DataStream<CommittableMessage<Sealed>> sealed, Settings settings, LogIdentity log) {
    return sealed
        .global()
        .transform(
            "Combine",
            CommittableMessageTypeInfo.of(SealedSerializer::new),
            new CombineOperator(settings, log))
        .uid("combine")
        .setParallelism(1)
        .setMaxParallelism(1)
        // Flink gives the committer the parallelism of the writers: all but its first subtask stay idle.
        .global();
  }
}
