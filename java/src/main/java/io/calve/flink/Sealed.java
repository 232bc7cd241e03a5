package io.calve.flink;

import java.util.List;
import java.util.Optional;

/**
 * Files that were closed for a checkpoint, with their offsets: the part of one writer, or all parts
 * of the checkpoint combined. The engine writes the bytes and reads them, also those of its older
 * releases; here they only travel and are kept in checkpoints.
 */
final class Sealed {
  private final byte[] facts;
  private CommitResult result;

  Sealed(byte[] facts) {
    this.facts = facts;
  }

  /** All parts of one checkpoint, as one. */
  static Sealed combine(List<Sealed> parts) throws CalveException {
    return new Sealed(NativeEngine.combine(parts.stream().map(Sealed::facts).toArray(byte[][]::new)));
  }

  byte[] facts() {
    return facts;
  }

  /** The committer leaves it for {@link CommitMetrics}, next in its chain. Never written. */
  void setResult(CommitResult result) {
    this.result = result;
  }

  Optional<CommitResult> result() {
    return Optional.ofNullable(result);
  }

  @Override
  public String toString() {
    return "Sealed[" + facts.length + " bytes]";
  }
}
