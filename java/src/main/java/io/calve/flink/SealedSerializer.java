package io.calve.flink;

import java.io.IOException;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/** Version 1: the engine's bytes, which carry a version of their own. */
final class SealedSerializer implements SimpleVersionedSerializer<Sealed> {
  private static final int VERSION = 1;

  @Override
  public int getVersion() {
    return VERSION;
  }

  @Override
  public byte[] serialize(Sealed sealed) {
    return sealed.facts();
  }

  @Override
  public Sealed deserialize(int version, byte[] bytes) throws IOException {
    if (version != VERSION) {
      throw new IOException(
          "The checkpoint was written by a newer release of Calve: its committables have version "
              + version
              + ", known is "
              + VERSION
              + ". Restore it with that release, or start without it: the table holds the position.");
    }
    return new Sealed(bytes);
  }
}
