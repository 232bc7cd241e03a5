import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import javax.security.auth.callback.Callback;
import javax.security.auth.login.AppConfigurationEntry;
import org.apache.kafka.common.security.auth.AuthenticateCallbackHandler;
import org.apache.kafka.common.security.oauthbearer.OAuthBearerToken;
import org.apache.kafka.common.security.oauthbearer.OAuthBearerValidatorCallback;

/**
 * Lets those in whom MSK would: the token is a URL, signed by the one key that there is, and not yet expired. The
 * environment holds the key: MSK_KEY_ID, MSK_SECRET, MSK_REGION.
 */
public final class MskIamValidator implements AuthenticateCallbackHandler {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

  private record Token(String value, Long startTimeMs, long lifetimeMs, String principalName)
      implements OAuthBearerToken {
    @Override
    public Set<String> scope() {
      return Set.of();
    }
  }

  @Override
  public void configure(
      Map<String, ?> configs, String mechanism, List<AppConfigurationEntry> entries) {}

  @Override
  public void close() {}

  @Override
  public void handle(Callback[] callbacks) {
    for (Callback callback : callbacks) {
      if (!(callback instanceof OAuthBearerValidatorCallback bearer)) continue;
      try {
        bearer.token(validate(bearer.tokenValue()));
      } catch (Exception refusal) {
        System.err.println("refused: " + refusal);
        bearer.error("invalid_token", null, null);
      }
    }
  }

  private static Token validate(String value) throws Exception {
    String region = System.getenv("MSK_REGION");
    String url = new String(Base64.getUrlDecoder().decode(value), StandardCharsets.UTF_8);
    String beginning = "https://kafka." + region + ".amazonaws.com/?";
    require(url.startsWith(beginning), "another service: " + url);
    TreeMap<String, String> query = new TreeMap<>();
    for (String parameter : url.substring(beginning.length()).split("&")) {
      String[] parts = parameter.split("=", 2);
      query.put(parts[0], parts[1]);
    }
    String agent = query.remove("User-Agent");
    String signature = query.remove("X-Amz-Signature");
    require(agent != null && signature != null, "no agent or signature");
    require(decoded(query, "Action").equals("kafka-cluster:Connect"), "another action");
    String time = decoded(query, "X-Amz-Date");
    String scope = time.substring(0, 8) + "/" + region + "/kafka-cluster/aws4_request";
    String keyId = System.getenv("MSK_KEY_ID");
    require(decoded(query, "X-Amz-Credential").equals(keyId + "/" + scope), "another key");
    long start = TIME.parse(time, Instant::from).toEpochMilli();
    long end = start + 1000 * Long.parseLong(decoded(query, "X-Amz-Expires"));
    long now = System.currentTimeMillis();
    require(start <= now && now < end, "expired");
    require(signature.equals(sign(query, region, time, scope)), "the signature does not fit");
    return new Token(value, start, end, keyId);
  }

  private static String sign(TreeMap<String, String> query, String region, String time, String scope)
      throws Exception {
    List<String> pairs = new ArrayList<>();
    query.forEach((name, text) -> pairs.add(name + "=" + text));
    String host = "kafka." + region + ".amazonaws.com";
    String request =
        "GET\n/\n" + String.join("&", pairs) + "\nhost:" + host + "\n\nhost\n" + sha256("");
    String text = "AWS4-HMAC-SHA256\n" + time + "\n" + scope + "\n" + sha256(request);
    byte[] key = ("AWS4" + System.getenv("MSK_SECRET")).getBytes(StandardCharsets.UTF_8);
    for (String part : scope.split("/")) key = hmac(key, part);
    return HexFormat.of().formatHex(hmac(key, text));
  }

  private static byte[] hmac(byte[] key, String text) throws Exception {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String sha256(String text) throws Exception {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    return HexFormat.of().formatHex(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
  }

  private static String decoded(Map<String, String> query, String name) {
    String text = query.get(name);
    require(text != null, "no " + name);
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }

  private static void require(boolean holds, String what) {
    if (!holds) throw new IllegalArgumentException(what);
  }
}
