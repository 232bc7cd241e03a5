package io.calve.flink;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.junit.jupiter.api.Test;

class LogCheckTest {
  private static final LogIdentity LOG = new LogIdentity("cluster", "orders", "first");

  @Test
  void anotherTopicOfTheSameNameEndsTheJob() {
    CalveException failure =
        assertThrows(CalveException.class, () -> LogCheck.requireSame(LOG, "second"));
    assertEquals("source_gap", failure.kind());
    assertInstanceOf(SuppressRestartsException.class, failure.forFlink());
    for (String fact : new String[] {"orders", "first", "second", "without a savepoint"}) {
      assertTrue(failure.getMessage().contains(fact), failure.getMessage());
    }
  }

  @Test
  void theSameTopicAndAnOldBrokerDoNot() {
    assertDoesNotThrow(() -> LogCheck.requireSame(LOG, "first"));
    assertDoesNotThrow(() -> LogCheck.requireSame(LOG, ""));
  }
}
