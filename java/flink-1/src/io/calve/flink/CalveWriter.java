package io.calve.flink;

import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.TwoPhaseCommittingSink.PrecommittingSinkWriter;

/** The writer by the interface of Flink 1.18. */
final class CalveWriter extends RecordWriter implements PrecommittingSinkWriter<RawRecord, Sealed> {
  CalveWriter(Settings settings, LogIdentity log, Sink.InitContext context) {
    super(settings, log, context.metricGroup());
  }
}
