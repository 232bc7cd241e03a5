package calve.judge;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.CRC32;
import org.apache.iceberg.types.Type;

/** Counts, bounds and an order-independent checksum of the values of one leaf column. */
final class LeafSummary {
  /** Bounds longer than this are cut in the answer; the comparison is of the whole value. */
  private static final int BOUND_CHARACTERS_MAX = 64;

  private final Type type;
  private final CRC32 crc = new CRC32();
  private long values;
  private long nulls;
  private long checksum;
  private Object min;
  private Object max;

  LeafSummary(Type type) {
    this.type = type;
  }

  void add(Object value) {
    if (value == null) {
      nulls++;
      return;
    }
    values++;
    Object canonical = canonical(value);
    crc.reset();
    crc.update(canonical instanceof Text text ? text.utf8() : ascii(canonical));
    checksum += crc.getValue();
    if (canonical instanceof Double number && number.isNaN()) {
      return;
    }
    if (min == null || compare(canonical, min) < 0) {
      min = canonical;
    }
    if (max == null || compare(canonical, max) > 0) {
      max = canonical;
    }
  }

  ObjectNode toJson() {
    ObjectNode node = new ObjectMapper().createObjectNode();
    node.put("values", values);
    node.put("nulls", nulls);
    node.put("checksum", "%016x".formatted(checksum));
    node.put("min", bound(min));
    node.put("max", bound(max));
    return node;
  }

  /** Strings compare by their UTF-8 bytes, as Parquet and Iceberg order them. */
  private record Text(byte[] utf8) implements Comparable<Text> {
    @Override
    public int compareTo(Text other) {
      return Arrays.compareUnsigned(utf8, other.utf8);
    }
  }

  /** A Text, Boolean, Long, BigDecimal or Double. */
  private Object canonical(Object value) {
    return switch (type.typeId()) {
      case BOOLEAN -> value;
      case INTEGER, LONG -> ((Number) value).longValue();
      case FLOAT, DOUBLE -> ((Number) value).doubleValue();
      case DECIMAL -> value;
      case DATE -> ((LocalDate) value).toEpochDay();
      case TIME -> ((LocalTime) value).toNanoOfDay() / 1000;
      case TIMESTAMP ->
        value instanceof OffsetDateTime instant
            ? micros(instant.toInstant())
            : micros(((LocalDateTime) value).toInstant(ZoneOffset.UTC));
      case FIXED -> text(HexFormat.of().formatHex((byte[]) value));
      case BINARY -> text(hex((ByteBuffer) value));
      case STRING, UUID -> text(value.toString());
      default -> throw new IllegalArgumentException("No canonical text for the type " + type);
    };
  }

  private static Text text(String value) {
    return new Text(value.getBytes(StandardCharsets.UTF_8));
  }

  private static long micros(Instant instant) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
  }

  private static String hex(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.duplicate().get(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  private static byte[] ascii(Object canonical) {
    return string(canonical).getBytes(StandardCharsets.ISO_8859_1);
  }

  private static String string(Object canonical) {
    if (canonical instanceof Double number) {
      return "%016x".formatted(Double.doubleToLongBits(number));
    }
    if (canonical instanceof BigDecimal number) {
      return number.toPlainString();
    }
    return canonical instanceof Text text ? new String(text.utf8(), StandardCharsets.UTF_8)
                                          : canonical.toString();
  }

  private static String bound(Object canonical) {
    if (canonical == null) {
      return null;
    }
    String text = string(canonical);
    int characters = Math.min(BOUND_CHARACTERS_MAX, text.codePointCount(0, text.length()));
    return text.substring(0, text.offsetByCodePoints(0, characters));
  }

  @SuppressWarnings("unchecked")
  private static int compare(Object left, Object right) {
    return ((Comparable<Object>) left).compareTo(right);
  }
}
