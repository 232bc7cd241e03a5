package io.calve.flink;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

class LogIdentityTest {
  @Test
  void writesTopicIdsAsTheNativeProcessDoes() {
    // Sixty-three and sixty-two, the two digits in which the alphabets differ.
    Uuid id = new Uuid(0xfbf0_0000_0000_0000L, 0xffL);
    assertEquals("-_AAAAAAAAAAAAAAAAAA_w", id.toString());
    assertEquals("+/AAAAAAAAAAAAAAAAAA/w", LogIdentity.write(id));
  }

  @Test
  void anOldBrokerHasNoTopicIds() {
    assertEquals("", LogIdentity.write(Uuid.ZERO_UUID));
    assertEquals("", LogIdentity.write(null));
  }
}
