package io.calve.flink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.NameCallback;
import javax.security.auth.callback.UnsupportedCallbackException;
import javax.security.auth.login.AppConfigurationEntry;
import org.apache.kafka.common.security.oauthbearer.OAuthBearerTokenCallback;
import org.junit.jupiter.api.Test;

class MskLoginHandlerTest {
  private static MskLoginHandler handler(MskLoginHandler.Login login) {
    MskLoginHandler handler = new MskLoginHandler(login);
    handler.configure(Map.of(), "OAUTHBEARER", entries(Map.of("region", "eu-west-1")));
    return handler;
  }

  private static List<AppConfigurationEntry> entries(Map<String, ?> options) {
    return List.of(
        new AppConfigurationEntry(
            "module", AppConfigurationEntry.LoginModuleControlFlag.REQUIRED, options));
  }

  @Test
  void theTokenIsTheEngines() throws Exception {
    OAuthBearerTokenCallback callback = new OAuthBearerTokenCallback();
    handler(
            region ->
                "{\"token\":\"for-"
                    + region
                    + "\",\"principal\":\"AKID\",\"madeAtMs\":1000,\"useUntilMs\":301000}")
        .handle(new Callback[] {callback});
    assertEquals("for-eu-west-1", callback.token().value());
    assertEquals("AKID", callback.token().principalName());
    assertEquals(1000, callback.token().startTimeMs());
    assertEquals(301000, callback.token().lifetimeMs());
    assertTrue(callback.token().scope().isEmpty());
    assertFalse(callback.token().toString().contains("for-eu-west-1"));
  }

  @Test
  void withoutKeysTheLoginFailsByTheEnginesWords() {
    MskLoginHandler handler =
        handler(
            region -> {
              throw new CalveException("access_denied", "no AWS credentials; set AWS_PROFILE");
            });
    IOException e =
        assertThrows(
            IOException.class,
            () -> handler.handle(new Callback[] {new OAuthBearerTokenCallback()}));
    assertTrue(e.getMessage().contains("set AWS_PROFILE"), e.getMessage());
  }

  @Test
  void whatItDoesNotKnowItRefuses() {
    MskLoginHandler handler = handler(region -> "{}");
    assertThrows(
        UnsupportedCallbackException.class,
        () -> handler.handle(new Callback[] {new NameCallback("name")}));
    assertThrows(
        IllegalArgumentException.class,
        () -> new MskLoginHandler(region -> "{}").configure(Map.of(), "x", entries(Map.of())));
  }
}
