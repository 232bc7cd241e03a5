package io.calve.flink;

/** The engine's committer, opened when there is something to commit: most subtasks never have. */
final class TableCommitter implements AutoCloseable {
  private final Settings settings;
  private final LogIdentity log;
  private Engine engine;
  private long handle;

  TableCommitter(Settings settings, LogIdentity log) {
    this.settings = settings;
    this.log = log;
  }

  CommitResult commit(Sealed sealed) throws CalveException {
    open();
    return CommitResult.parse(NativeEngine.commit(handle, sealed.facts()));
  }

  private void open() throws CalveException {
    if (engine != null) {
      return;
    }
    Engine opened = Engine.open(settings);
    try {
      handle =
          NativeEngine.openCommitter(opened.handle(), log.cluster(), log.topic(), log.topicId());
    } catch (CalveException e) {
      opened.close();
      throw e;
    }
    engine = opened;
  }

  @Override
  public void close() throws CalveException {
    if (engine == null) {
      return;
    }
    try {
      NativeEngine.closeCommitter(handle);
    } finally {
      engine.close();
      engine = null;
    }
  }
}
