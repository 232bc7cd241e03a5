package io.calve.flink;

import java.util.List;

/**
 * Files that were closed for a checkpoint, with their offsets: the part of one writer, or all parts
 * of the checkpoint combined. The engine writes the bytes and reads them, also those of its older
 * releases; here they only travel and are kept in checkpoints.
 */
final class Sealed {
  private final byte[] facts;

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

  @Override
  public String toString() {
    return "Sealed[" + facts.length + " bytes]";
  }
}
