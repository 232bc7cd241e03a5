package io.calve.flink;

import java.util.Collection;
import org.apache.flink.api.connector.sink2.Committer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commits what checkpoints hold, in their order. It does so again after a restore, for nobody knows
 * whether the attempt before got that far: the engine finds what is committed already.
 *
 * <p>A passing failure is waited for here, not by {@link CommitRequest#retryLater}: Flink 1.18 goes
 * on to the next checkpoint meanwhile, whose offsets would not continue the table's. When the waits
 * are used up the job restarts, and commits the same again.
 */
final class CalveCommitter implements Committer<Sealed> {
  static final int ATTEMPTS_MAX = 6;
  static final long FIRST_WAIT_MS = 500;

  private static final Logger LOG = LoggerFactory.getLogger(CalveCommitter.class);

  private final TableCommitter table;

  CalveCommitter(TableCommitter table) {
    this.table = table;
  }

  @Override
  public void commit(Collection<CommitRequest<Sealed>> requests) throws InterruptedException {
    for (CommitRequest<Sealed> request : requests) {
      Sealed sealed = request.getCommittable();
      CommitResult result = commit(sealed);
      report(result);
      CommitMetrics.hand(result);
      if (result.outcome == CommitResult.Outcome.ALREADY_COMMITTED) {
        request.signalAlreadyCommitted();
      }
    }
  }

  private CommitResult commit(Sealed sealed) throws InterruptedException {
    long waitMs = FIRST_WAIT_MS;
    for (int attempt = 1; ; attempt++) {
      try {
        return table.commit(sealed);
      } catch (CalveException e) {
        if (!e.isPassing() || attempt == ATTEMPTS_MAX) {
          throw e.forFlink();
        }
        LOG.warn("Commit attempt {} of {}, the next in {} ms: {}", attempt, ATTEMPTS_MAX, waitMs, e);
        Thread.sleep(waitMs);
        waitMs *= 2;
      }
    }
  }

  private static void report(CommitResult result) {
    LOG.info(
        "{}: snapshot {}, {} valid and {} rejected events, {} files of {} bytes, freshness {} ms",
        result.outcome,
        result.snapshotId,
        result.valid,
        result.rejected,
        result.files,
        result.bytes,
        result.freshnessMs);
  }

  @Override
  public void close() throws CalveException {
    table.close();
  }
}
