package io.calve.flink;

import org.apache.flink.api.connector.sink2.CommittingSinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;

/** The writer by the interface of Flink 2. */
final class CalveWriter extends RecordWriter implements CommittingSinkWriter<RawRecord, Sealed> {
  CalveWriter(Settings settings, LogIdentity log, WriterInitContext context) {
    super(settings, log, context.metricGroup());
  }
}
