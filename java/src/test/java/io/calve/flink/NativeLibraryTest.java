package io.calve.flink;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class NativeLibraryTest {
  private static final String SHA = "0123456789abcdef".repeat(4);
  private static final String OTHER_SHA = "fedcba9876543210".repeat(4);

  @Test
  void readsTheManifestInItsOrder() throws IOException {
    List<String> lines = List.of(SHA + "  libarrow.so.2600", OTHER_SHA + "  libcalve_jni.so");
    assertEquals(
        lines,
        NativeLibrary.parseManifest(lines).stream()
            .map(entry -> entry.sha256 + "  " + entry.name)
            .collect(Collectors.toList()));
  }

  @Test
  void refusesLinesThatAreNone() {
    for (String line :
        List.of(
            "",
            "libcalve_jni.so",
            "abc  libcalve_jni.so",
            SHA + " one-blank.so",
            SHA + "  ../outside.so",
            SHA + "  /etc/passwd",
            SHA + "  ")) {
      IOException refusal =
          assertThrows(
              IOException.class, () -> NativeLibrary.parseManifest(List.of(line)), line);
      assertTrue(refusal.getMessage().endsWith(line), refusal.getMessage());
    }
  }

  @Test
  void saysWhatItIsBuiltForOnAnotherPlatform() {
    assertDoesNotThrow(() -> NativeLibrary.requirePlatform("Linux", "amd64"));
    UnsatisfiedLinkError refusal =
        assertThrows(
            UnsatisfiedLinkError.class, () -> NativeLibrary.requirePlatform("Linux", "aarch64"));
    assertTrue(refusal.getMessage().contains("linux-x86_64"), refusal.getMessage());
    assertTrue(refusal.getMessage().contains("aarch64"), refusal.getMessage());
    assertThrows(
        UnsatisfiedLinkError.class, () -> NativeLibrary.requirePlatform("Mac OS X", "amd64"));
  }
}
