package io.calve.flink;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Set;
import org.apache.flink.runtime.execution.SuppressRestartsException;

/**
 * The one way in which the engine fails. The message says what happened, why, and the next step.
 *
 * <p>The kind is the name of the engine's {@code ErrorKind} as logs have it, such as {@code fenced}.
 * Native code makes these, by the constructor.
 */
public final class CalveException extends IOException {
  // It did not happen, or nobody knows yet; asking again is safe and may succeed.
  private static final Set<String> PASSING =
      Set.of("unreachable", "unavailable", "unknown_outcome");

  // The machine's or the engine's own trouble: another attempt, on another machine perhaps, may do.
  private static final Set<String> LOCAL = Set.of("io", "internal", "cancelled");

  private final String kind;

  CalveException(String kind, String message) {
    super(message);
    this.kind = kind;
  }

  String kind() {
    return kind;
  }

  /** Whether the same call may be made again, within bounds. */
  boolean isPassing() {
    return PASSING.contains(kind);
  }

  /**
   * What an operator throws to Flink. A restart cannot mend a setting, a permission, a table that
   * another writer moved on or a hole in the topic: those end the job at once, with the message,
   * instead of restarting it for ever.
   */
  RuntimeException forFlink() {
    return isPassing() || LOCAL.contains(kind)
        ? new UncheckedIOException(this)
        : new SuppressRestartsException(this);
  }

  @Override
  public String toString() {
    return "CalveException: " + getMessage() + " (" + kind + ")";
  }
}
