package io.calve.flink;

import java.util.HashMap;
import java.util.Map;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;

/**
 * The writer's metrics under the names of {@code docs/reference/metrics.md}. They move on at each
 * checkpoint; what moves between, Flink counts by itself.
 */
final class WriterMetrics {
  private final MetricGroup group;
  private final Counter eventsRead;
  private final Counter bytesRead;
  private final Map<String, Counter> rejectsByReason = new HashMap<>();
  private WriterCounts shown = WriterCounts.NONE;

  WriterMetrics(MetricGroup group) {
    this.group = group;
    eventsRead = group.counter("calve_events_read_total");
    bytesRead = group.counter("calve_event_bytes_read_total");
  }

  void show(WriterCounts counts) {
    eventsRead.inc(counts.read - shown.read);
    bytesRead.inc(counts.bytes - shown.bytes);
    counts.rejectsByReason.forEach(
        (reason, count) -> rejects(reason).inc(count - shown.rejectsByReason.getOrDefault(reason, 0L)));
    shown = counts;
  }

  private Counter rejects(String reason) {
    return rejectsByReason.computeIfAbsent(
        reason, key -> group.addGroup("reason", key).counter("calve_rejects_total"));
  }
}
