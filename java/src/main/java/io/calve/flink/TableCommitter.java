package io.calve.flink;

/** The engine's committer, opened when there is something to commit: most subtasks never have. */
final class TableCommitter implements AutoCloseable {
  private static final long NONE = 0; // handles are counted from one

  private final Settings settings;
  private final LogIdentity log;
  private Engine engine;
  private long handle = NONE;
  private LogCheck check;

  TableCommitter(Settings settings, LogIdentity log) {
    this.settings = settings;
    this.log = log;
  }

  CommitResult commit(Sealed sealed) throws CalveException {
    open();
    // A topic that was made anew in the meantime may hold other events at the same offsets.
    check.requireSame();
    return CommitResult.parse(NativeEngine.commit(handle, sealed.facts()));
  }

  /** May fail half-way: what is open then stays open for the next attempt, or for {@link #close}. */
  private void open() throws CalveException {
    if (engine == null) {
      engine = Engine.open(settings);
    }
    if (check == null) {
      check = new LogCheck(engine.kafkaProperties(), log);
    }
    if (handle == NONE) {
      handle =
          NativeEngine.openCommitter(engine.handle(), log.cluster, log.topic, log.topicId);
    }
  }

  @Override
  public void close() throws CalveException {
    try (Engine closing = engine;
        LogCheck closingToo = check) {
      if (handle != NONE) {
        NativeEngine.closeCommitter(handle);
      }
    } finally {
      engine = null;
      check = null;
      handle = NONE;
    }
  }
}
