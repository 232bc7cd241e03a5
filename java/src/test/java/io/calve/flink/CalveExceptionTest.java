package io.calve.flink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.UncheckedIOException;
import java.util.List;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.junit.jupiter.api.Test;

class CalveExceptionTest {
  @Test
  void whatARestartCannotMendEndsTheJob() {
    for (String kind :
        List.of(
            "usage",
            "config",
            "unsupported",
            "access_denied",
            "invalid_data",
            "not_found",
            "already_exists",
            "fenced",
            "source_gap")) {
      CalveException e = new CalveException(kind, "why");
      assertInstanceOf(SuppressRestartsException.class, e.forFlink(), kind);
      assertEquals(e, e.forFlink().getCause());
    }
  }

  @Test
  void whatMayPassRestartsIt() {
    for (String kind :
        List.of("unreachable", "unavailable", "unknown_outcome", "io", "internal")) {
      assertInstanceOf(
          UncheckedIOException.class, new CalveException(kind, "why").forFlink(), kind);
    }
  }

  @Test
  void onlyWhatIsSafeToRepeatIsRepeatedAtOnce() {
    for (String kind : List.of("unreachable", "unavailable", "unknown_outcome")) {
      assertTrue(new CalveException(kind, "why").isPassing(), kind);
    }
    for (String kind : List.of("fenced", "io", "internal", "config")) {
      assertTrue(!new CalveException(kind, "why").isPassing(), kind);
    }
  }

  @Test
  void saysItsKind() {
    assertEquals("CalveException: why (fenced)", new CalveException("fenced", "why").toString());
  }
}
