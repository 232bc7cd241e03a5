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
            "kUsage",
            "kConfig",
            "kUnsupported",
            "kAccessDenied",
            "kInvalidData",
            "kNotFound",
            "kAlreadyExists",
            "kFenced",
            "kSourceGap")) {
      CalveException e = new CalveException(kind, "why");
      assertInstanceOf(SuppressRestartsException.class, e.forFlink(), kind);
      assertEquals(e, e.forFlink().getCause());
    }
  }

  @Test
  void whatMayPassRestartsIt() {
    for (String kind :
        List.of("kUnreachable", "kUnavailable", "kUnknownOutcome", "kIo", "kInternal")) {
      assertInstanceOf(
          UncheckedIOException.class, new CalveException(kind, "why").forFlink(), kind);
    }
  }

  @Test
  void onlyWhatIsSafeToRepeatIsRepeatedAtOnce() {
    for (String kind : List.of("kUnreachable", "kUnavailable", "kUnknownOutcome")) {
      assertTrue(new CalveException(kind, "why").isPassing(), kind);
    }
    for (String kind : List.of("kFenced", "kIo", "kInternal", "kConfig")) {
      assertTrue(!new CalveException(kind, "why").isPassing(), kind);
    }
  }

  @Test
  void saysItsKind() {
    assertEquals("CalveException: why (kFenced)", new CalveException("kFenced", "why").toString());
  }
}
