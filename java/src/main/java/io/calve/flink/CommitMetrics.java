package io.calve.flink;

import java.util.ArrayDeque;
import java.util.Deque;
import org.apache.flink.api.common.functions.RichFlatMapFunction;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.streaming.api.connector.sink2.CommittableMessage;
import org.apache.flink.util.Collector;

/**
 * The metrics of commits under the names of {@code docs/reference/metrics.md}. It stands behind the
 * committer, chained with it, for Flink 1.18 gives a committer no metrics of its own.
 */
final class CommitMetrics extends RichFlatMapFunction<CommittableMessage<Sealed>, Void> {
  private static final double MS_PER_S = 1_000;

  // Of the one task whose chain both are in, hence its thread: what goes from one to the other by the
  // chain is copied wherever a program may not tell Flink to reuse objects.
  private static final ThreadLocal<Deque<CommitResult>> COMMITTED =
      ThreadLocal.withInitial(ArrayDeque::new);

  private transient Counter valid;
  private transient Counter rejected;
  private transient Counter files;
  private transient Counter bytes;
  private transient volatile double freshnessS;

  /** For the committer, before it lets go of the committable. */
  static void hand(CommitResult result) {
    COMMITTED.get().add(result);
  }

  /** Registers here: the parameter of {@code open} differs between Flink's lines. */
  @Override
  public void setRuntimeContext(RuntimeContext context) {
    super.setRuntimeContext(context);
    MetricGroup group = context.getMetricGroup();
    valid = group.addGroup("verdict", "valid").counter("calve_events_committed_total");
    rejected = group.addGroup("verdict", "rejected").counter("calve_events_committed_total");
    files = group.counter("calve_data_files_total");
    bytes = group.counter("calve_data_file_bytes_total");
    group.gauge("calve_freshness_seconds", () -> freshnessS);
  }

  @Override
  public void flatMap(CommittableMessage<Sealed> message, Collector<Void> out) {
    for (CommitResult result; (result = COMMITTED.get().poll()) != null; ) {
      show(result);
    }
  }

  private void show(CommitResult result) {
    if (result.outcome != CommitResult.Outcome.COMMITTED) {
      return; // whoever committed it has counted it
    }
    valid.inc(result.valid);
    rejected.inc(result.rejected);
    files.inc(result.files);
    bytes.inc(result.bytes);
    freshnessS = result.freshnessMs / MS_PER_S;
  }
}
