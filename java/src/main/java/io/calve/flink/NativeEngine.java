package io.calve.flink;

import java.nio.ByteBuffer;

/**
 * The border to the C++ engine; {@code java/src/main/cpp} is its other side.
 *
 * <p>Handles are numbers out of a checked store, never pointers: a stale or wrong one is an
 * exception. A handle belongs to one thread at a time. Every call may throw {@link CalveException}.
 * {@link Engine}, {@link RecordWriter}, {@link Sealed}, {@link TableCommitter} and {@link
 * MskLoginHandler} are the only callers.
 */
final class NativeEngine {
  static {
    NativeLibrary.load();
  }

  private NativeEngine() {}

  /**
   * Opens catalog, store and contract, and sets the tables up.
   *
   * @param settings {@code NAME=value}, by the names of the environment
   */
  static native long open(String[] settings) throws CalveException;

  static native void close(long engine) throws CalveException;

  /**
   * Where reading begins: JSON {@code {"0":123}}, the next offset of each partition as the table
   * records it. Fails with {@code config} if the table's position belongs to another log.
   */
  static native String position(long engine, String cluster, String topic, String topicId)
      throws CalveException;

  /** JSON object of client properties, from the same settings that the native process reads. */
  static native String kafkaProperties(long engine) throws CalveException;

  /** JSON, see {@link JobOptions}. */
  static native String job(long engine) throws CalveException;

  static native long openWriter(long engine, String cluster, String topic, String topicId)
      throws CalveException;

  /** Takes records out of a direct buffer, as {@link RecordBuffer} lays them out. */
  static native void write(long writer, ByteBuffer records, int bytes) throws CalveException;

  /**
   * Closes the files of what was written since the last seal and gives their facts; no bytes if
   * there was nothing.
   */
  static native byte[] seal(long writer) throws CalveException;

  /** JSON, see {@link WriterCounts}. */
  static native String writerMetrics(long writer) throws CalveException;

  /** Drops what is not sealed. */
  static native void closeWriter(long writer) throws CalveException;

  static native long openCommitter(long engine, String cluster, String topic, String topicId)
      throws CalveException;

  /** Makes one committable of what the subtasks sealed for one checkpoint. */
  static native byte[] combine(byte[][] parts) throws CalveException;

  /** Commits, or finds that it is committed. JSON, see {@link CommitResult}. */
  static native String commit(long committer, byte[] committable) throws CalveException;

  static native void closeCommitter(long committer) throws CalveException;

  /** JSON, see {@link MskLoginHandler}. Needs no engine to be open. */
  static native String mskLogin(String region) throws CalveException;
}
