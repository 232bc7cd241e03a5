package io.calve.flink;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.UnsupportedCallbackException;
import javax.security.auth.login.AppConfigurationEntry;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.JsonNode;
import org.apache.kafka.common.security.auth.AuthenticateCallbackHandler;
import org.apache.kafka.common.security.oauthbearer.OAuthBearerToken;
import org.apache.kafka.common.security.oauthbearer.OAuthBearerTokenCallback;

/**
 * Logs Kafka's client in to Amazon MSK by the AWS keys that the engine finds in this process. Kafka
 * makes it, as {@code sasl.login.callback.handler.class}, and asks again before a token is used up.
 *
 * <p>The region is an option of {@code sasl.jaas.config}: {@code region="us-east-1"}.
 */
public final class MskLoginHandler implements AuthenticateCallbackHandler {
  /** Gives JSON: {@code {"token", "principal", "madeAtMs", "useUntilMs"}}. */
  @FunctionalInterface
  interface Login {
    String to(String region) throws CalveException;
  }

  private static final class Token implements OAuthBearerToken {
    private final String value;
    private final long startTimeMs;
    private final long lifetimeMs;
    private final String principalName;

    Token(JsonNode made) {
      value = made.required("token").asText();
      startTimeMs = made.required("madeAtMs").asLong();
      lifetimeMs = made.required("useUntilMs").asLong();
      principalName = made.required("principal").asText();
    }

    @Override
    public String value() {
      return value;
    }

    @Override
    public Long startTimeMs() {
      return startTimeMs;
    }

    @Override
    public long lifetimeMs() {
      return lifetimeMs;
    }

    @Override
    public String principalName() {
      return principalName;
    }

    @Override
    public Set<String> scope() {
      return Set.of();
    }

    /** The value lets whoever has it in. */
    @Override
    public String toString() {
      return "Token[" + principalName + "]";
    }
  }

  private final Login login;
  private String region;

  public MskLoginHandler() {
    this(NativeEngine::mskLogin);
  }

  MskLoginHandler(Login login) {
    this.login = login;
  }

  @Override
  public void configure(
      Map<String, ?> configs, String mechanism, List<AppConfigurationEntry> entries) {
    Object option = entries.get(0).getOptions().get("region");
    if (option == null) {
      throw new IllegalArgumentException(
          "sasl.jaas.config has no region for MSK; set KAFKA_SASL_OAUTHBEARER_METHOD=aws-msk-iam"
              + " rather than properties of the Java client");
    }
    region = option.toString();
  }

  @Override
  public void handle(Callback[] callbacks) throws IOException, UnsupportedCallbackException {
    for (Callback callback : callbacks) {
      if (!(callback instanceof OAuthBearerTokenCallback)) {
        throw new UnsupportedCallbackException(callback);
      }
      ((OAuthBearerTokenCallback) callback).token(token());
    }
  }

  private OAuthBearerToken token() throws IOException {
    try {
      return new Token(EngineJson.parse(login.to(region)));
    } catch (CalveException e) {
      throw new IOException("No token for MSK: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {}
}
