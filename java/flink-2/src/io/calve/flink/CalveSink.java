package io.calve.flink;

import org.apache.flink.api.connector.sink2.Committer;
import org.apache.flink.api.connector.sink2.CommitterInitContext;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SupportsCommitter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.streaming.api.connector.sink2.CommittableMessage;
import org.apache.flink.streaming.api.connector.sink2.SupportsPostCommitTopology;
import org.apache.flink.streaming.api.connector.sink2.SupportsPreCommitTopology;
import org.apache.flink.streaming.api.datastream.DataStream;

/** The engine as a sink, by the interfaces of Flink 2. */
final class CalveSink
    implements Sink<RawRecord>,
        SupportsCommitter<Sealed>,
        SupportsPreCommitTopology<Sealed, Sealed>,
        SupportsPostCommitTopology<Sealed> {
  private final Settings settings;
  private final LogIdentity log;

  CalveSink(Settings settings, LogIdentity log) {
    this.settings = settings;
    this.log = log;
  }

  @Override
  public CalveWriter createWriter(WriterInitContext context) {
    return new CalveWriter(settings, log, context);
  }

  @Override
  public DataStream<CommittableMessage<Sealed>> addPreCommitTopology(
      DataStream<CommittableMessage<Sealed>> sealed) {
    return CommitTopology.before(sealed);
  }

  @Override
  public void addPostCommitTopology(DataStream<CommittableMessage<Sealed>> committed) {
    CommitTopology.after(committed);
  }

  @Override
  public Committer<Sealed> createCommitter(CommitterInitContext context) {
    return new CalveCommitter(new TableCommitter(settings, log));
  }

  @Override
  public SimpleVersionedSerializer<Sealed> getWriteResultSerializer() {
    return new SealedSerializer();
  }

  @Override
  public SimpleVersionedSerializer<Sealed> getCommittableSerializer() {
    return new SealedSerializer();
  }
}
