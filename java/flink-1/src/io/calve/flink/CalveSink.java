package io.calve.flink;

import org.apache.flink.api.connector.sink2.Committer;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.streaming.api.connector.sink2.CommittableMessage;
import org.apache.flink.streaming.api.connector.sink2.WithPostCommitTopology;
import org.apache.flink.streaming.api.connector.sink2.WithPreCommitTopology;
import org.apache.flink.streaming.api.datastream.DataStream;

/** The engine as a sink, by the interfaces of Flink 1.18 (deprecated, but there, up to 1.20). */
final class CalveSink
    implements WithPreCommitTopology<RawRecord, Sealed>, WithPostCommitTopology<RawRecord, Sealed> {
  private final Settings settings;
  private final LogIdentity log;

  CalveSink(Settings settings, LogIdentity log) {
    this.settings = settings;
    this.log = log;
  }

  @Override
  public PrecommittingSinkWriter<RawRecord, Sealed> createWriter(InitContext context) {
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
  public Committer<Sealed> createCommitter() {
    return new CalveCommitter(new TableCommitter(settings, log));
  }

  @Override
  public SimpleVersionedSerializer<Sealed> getCommittableSerializer() {
    return new SealedSerializer();
  }
}
