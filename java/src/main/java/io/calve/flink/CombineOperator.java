package io.calve.flink;

import java.util.ArrayList;
import java.util.List;
import org.apache.flink.streaming.api.connector.sink2.CommittableMessage;
import org.apache.flink.streaming.api.connector.sink2.CommittableSummary;
import org.apache.flink.streaming.api.connector.sink2.CommittableWithLineage;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Makes one committable of all that the writers sealed for a checkpoint, so that a checkpoint is one
 * snapshot. Runs once in a job. It keeps nothing over a barrier: when the barrier has come from all
 * writers, so have their parts.
 */
final class CombineOperator extends AbstractStreamOperator<CommittableMessage<Sealed>>
    implements OneInputStreamOperator<CommittableMessage<Sealed>, CommittableMessage<Sealed>> {
  // Flink's number for what is committed when the input has ended.
  private static final long END_OF_INPUT = Long.MAX_VALUE;
  private static final int SUBTASK = 0;
  private static final int SUBTASKS = 1;

  private transient List<Sealed> parts;

  @Override
  public void open() {
    parts = new ArrayList<>();
  }

  @Override
  public void processElement(StreamRecord<CommittableMessage<Sealed>> element) {
    CommittableMessage<Sealed> message = element.getValue();
    if (message instanceof CommittableWithLineage) {
      parts.add(((CommittableWithLineage<Sealed>) message).getCommittable());
    }
  }

  @Override
  public void prepareSnapshotPreBarrier(long checkpointId) {
    emit(checkpointId);
  }

  @Override
  public void finish() {
    emit(END_OF_INPUT);
  }

  private void emit(long checkpointId) {
    if (parts.isEmpty()) {
      return;
    }
    Sealed combined;
    try {
      combined = Sealed.combine(parts);
    } catch (CalveException e) {
      throw e.forFlink();
    }
    parts.clear();
    send(new CommittableSummary<>(SUBTASK, SUBTASKS, checkpointId, 1, 1, 0));
    send(new CommittableWithLineage<>(combined, checkpointId, SUBTASK));
  }

  private void send(CommittableMessage<Sealed> message) {
    output.collect(new StreamRecord<>(message));
  }
}
