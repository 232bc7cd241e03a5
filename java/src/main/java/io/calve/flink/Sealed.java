package io.calve.flink;

/**
 * Files that were closed for a checkpoint, with their offsets: the part of one writer, or all parts
 * of the checkpoint combined. The engine writes the bytes and reads them, also those of its older
 * releases; here they only travel and are kept in checkpoints.
 */
record Sealed(byte[] facts) {
  @Override
  public String toString() {
    return "Sealed[" + facts.length + " bytes]";
  }
}
