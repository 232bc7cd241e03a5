package io.calve.flink;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class SealedSerializerTest {
  private final SealedSerializer serializer = new SealedSerializer();

  @Test
  void givesTheBytesBack() throws IOException {
    byte[] facts = {0, -1, 127, 42};
    byte[] written = serializer.serialize(new Sealed(facts));
    assertArrayEquals(facts, serializer.deserialize(serializer.getVersion(), written).facts());
  }

  @Test
  void refusesANewerReleasesCheckpoint() {
    int newer = serializer.getVersion() + 1;
    IOException refusal =
        assertThrows(IOException.class, () -> serializer.deserialize(newer, new byte[0]));
    assertTrue(refusal.getMessage().contains("newer release"), refusal.getMessage());
  }
}
