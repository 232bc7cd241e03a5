package calve.golden;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.iceberg.SingleValueParser;
import org.apache.iceberg.expressions.Literal;
import org.apache.iceberg.transforms.Transform;
import org.apache.iceberg.transforms.Transforms;
import org.apache.iceberg.types.Conversions;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.util.BucketUtil;

/** Prints what Iceberg's Java library makes of each value under each partition transform. */
final class TransformVectors {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<String> TRANSFORMS = List.of("identity", "void", "year", "month", "day",
      "hour", "bucket[16]", "truncate[3]", "truncate[10]");

  /** The 32-bit hashes of the specification's appendix B; the run fails if Java disagrees. */
  private static final List<Hash> SPECIFIED_HASHES = List.of(
      new Hash(Types.IntegerType.get(), 34, 2017239379),
      new Hash(Types.LongType.get(), 34L, 2017239379),
      new Hash(Types.DecimalType.of(9, 2), new BigDecimal("14.20"), -500754589),
      new Hash(Types.DateType.get(), days("2017-11-16"), -653330422),
      new Hash(Types.TimeType.get(), time("22:31:08"), -662762989),
      new Hash(Types.TimestampType.withoutZone(), micros("2017-11-16T22:31:08"), -2047944441),
      new Hash(
          Types.TimestampType.withoutZone(), micros("2017-11-16T22:31:08.000001"), -1207196810),
      new Hash(Types.TimestampType.withZone(), instant("2017-11-16T14:31:08-08:00"), -2047944441),
      new Hash(
          Types.TimestampType.withZone(), instant("2017-11-16T14:31:08.000001-08:00"), -1207196810),
      new Hash(Types.StringType.get(), "iceberg", 1210000089),
      new Hash(Types.UUIDType.get(), UUID.fromString("f79c3e09-677c-4bbd-a479-3f349cb785e7"),
          1488055340),
      new Hash(Types.FixedType.ofLength(4), bytes(0, 1, 2, 3), -188683207),
      new Hash(Types.BinaryType.get(), bytes(0, 1, 2, 3), -188683207));

  private record Hash(Type type, Object value, int hash) {}

  static void print(PrintStream out) {
    List<String> hashes = new ArrayList<>();
    for (Hash row : SPECIFIED_HASHES) {
      int hash = hash(row.type(), row.value());
      if (hash != row.hash()) {
        throw new IllegalStateException("Hash of %s %s is %d, specified is %d".formatted(
            row.type(), row.value(), hash, row.hash()));
      }
      ObjectNode line = described(row.type(), row.value());
      line.put("hash", hash);
      hashes.add(line.toString());
    }
    List<String> vectors = new ArrayList<>();
    List<String> refused = new ArrayList<>();
    for (Map.Entry<Type, List<Object>> entry : values().entrySet()) {
      Type type = entry.getKey();
      for (String name : TRANSFORMS) {
        Transform<?, ?> transform = Transforms.fromString(name);
        if (!transform.canTransform(type)) {
          refused.add(JSON.createObjectNode()
                  .put("type", type.toString())
                  .put("transform", name)
                  .toString());
          continue;
        }
        List<Object> values =
            name.equals("void") ? entry.getValue().subList(0, 1) : entry.getValue();
        for (Object value : values) {
          vectors.add(vector(type, name, transform, value).toString());
        }
        if (vectors.size() % 3 == 0) {
          vectors.add(vector(type, name, transform, null).toString());
        }
      }
    }
    out.println("{\"hashes\": [\n" + String.join(",\n", hashes) + "\n],");
    out.println("\"vectors\": [\n" + String.join(",\n", vectors) + "\n],");
    out.println("\"refused\": [\n" + String.join(",\n", refused) + "\n]}");
  }

  private static ObjectNode described(Type type, Object value) {
    ObjectNode line = JSON.createObjectNode();
    line.put("type", type.toString());
    put(line, type, value);
    return line;
  }

  @SuppressWarnings("unchecked")
  private static ObjectNode vector(
      Type type, String name, Transform<?, ?> transform, Object value) {
    Type resultType = transform.getResultType(type);
    Object result = ((Transform<Object, Object>) transform).bind(type).apply(value);
    ObjectNode line = described(type, value);
    line.put("transform", name);
    line.put("result_hex",
        result == null ? null : Expected.hex(Conversions.toByteBuffer(resultType, result)));
    line.put("text", ((Transform<Object, Object>) transform).toHumanString(resultType, result));
    return line;
  }

  /** Writes a value as appendix D's JSON and, beside it, as appendix D's bytes. */
  private static void put(ObjectNode line, Type type, Object value) {
    if (value == null) {
      line.putNull("value");
      line.putNull("value_hex");
      return;
    }
    try {
      line.set("value", JSON.readTree(SingleValueParser.toJson(type, value)));
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    line.put("value_hex", Expected.hex(Conversions.toByteBuffer(type, value)));
  }

  private static int hash(Type type, Object value) {
    return switch (type.typeId()) {
      case INTEGER, DATE -> BucketUtil.hash((int) value);
      case LONG, TIME, TIMESTAMP -> BucketUtil.hash((long) value);
      case DECIMAL -> BucketUtil.hash((BigDecimal) value);
      case STRING -> BucketUtil.hash((CharSequence) value);
      case UUID -> BucketUtil.hash((UUID) value);
      case FIXED, BINARY -> BucketUtil.hash((ByteBuffer) value);
      default -> throw new IllegalArgumentException("No hash for " + type);
    };
  }

  private static Map<Type, List<Object>> values() {
    List<Object> timestamps = List.of(0L, -1L, 1L, micros("1969-12-31T23:00:00"),
        micros("1969-12-31T22:59:59.999999"), micros("1969-01-01T00:00:00"),
        micros("1968-12-31T23:59:59.999999"), micros("1582-10-15T00:00:00"),
        micros("2017-11-16T22:31:08"), micros("2017-11-16T22:31:08.000001"),
        micros("2024-02-29T12:00:00"), micros("9999-12-31T23:59:59.999999"));
    Map<Type, List<Object>> values = new LinkedHashMap<>();
    values.put(Types.BooleanType.get(), List.of(true, false));
    values.put(Types.IntegerType.get(),
        List.of(0, 1, 9, 10, 34, -1, -10, -11, Integer.MAX_VALUE, -2147483640));
    values.put(Types.LongType.get(),
        List.of(0L, 1L, 34L, -1L, -10L, -11L, 1L << 32, Long.MAX_VALUE, -9223372036854775800L));
    values.put(Types.FloatType.get(), List.of(1.5f, -0.25f));
    values.put(Types.DoubleType.get(), List.of(1.5d, -0.25d));
    values.put(Types.DecimalType.of(9, 2),
        List.of(new BigDecimal("14.20"), new BigDecimal("0.00"), new BigDecimal("0.01"),
            new BigDecimal("-0.01"), new BigDecimal("-0.05"), new BigDecimal("10.65"),
            new BigDecimal("-10.65"), new BigDecimal("9999999.99")));
    values.put(Types.DecimalType.of(38, 10),
        List.of(new BigDecimal("1.0000000000"), new BigDecimal("-1.0000000000"),
            new BigDecimal("9223372036.8547758080"),
            new BigDecimal("1234567890123456789012345678.0123456789"),
            new BigDecimal("-1234567890123456789012345678.0123456789")));
    values.put(Types.DateType.get(),
        List.of(0, 1, -1, days("2017-11-16"), days("1969-01-01"), days("1968-12-31"),
            days("1582-10-15"), days("2024-02-29"), days("9999-12-31")));
    values.put(Types.TimeType.get(), List.of(0L, time("22:31:08"), time("23:59:59.999999")));
    values.put(Types.TimestampType.withoutZone(), timestamps.subList(1, 6));
    values.put(Types.TimestampType.withZone(), timestamps);
    // One to four bytes a code point; truncation counts code points, never bytes or UTF-16 units.
    values.put(Types.StringType.get(),
        List.of("", "a", "iceberg", "abcdefghijklmnop", "\u00e4\u00f6\u00fc\u00df",
            "\u6c37\u5c71\u306f\u5927\u304d\u3044",
            "\ud83e\uddca\ud83d\udea2\ud83c\udf0a\ud83d\udc27", "a\ud83e\uddca\u00e9\u6c37z",
            "e\u0301e\u0301", "a b/c=d"));
    values.put(Types.UUIDType.get(),
        List.of(UUID.fromString("f79c3e09-677c-4bbd-a479-3f349cb785e7"),
            UUID.fromString("00000000-0000-0000-0000-000000000000"),
            UUID.fromString("ffffffff-ffff-ffff-ffff-ffffffffffff")));
    values.put(Types.FixedType.ofLength(4), List.of(bytes(0, 1, 2, 3), bytes(255, 254, 253, 252)));
    values.put(Types.BinaryType.get(),
        List.of(bytes(), bytes(0, 1, 2, 3), bytes(255, 0, 128),
            bytes(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11),
            ByteBuffer.wrap("\u00e4\u6c37".getBytes(StandardCharsets.UTF_8))));
    return values;
  }

  private static int days(String date) {
    return (int) java.time.LocalDate.parse(date).toEpochDay();
  }

  private static long time(String text) {
    return Literal.of(text).<Long>to(Types.TimeType.get()).value();
  }

  private static long micros(String text) {
    return Literal.of(text).<Long>to(Types.TimestampType.withoutZone()).value();
  }

  private static long instant(String text) {
    return Literal.of(text).<Long>to(Types.TimestampType.withZone()).value();
  }

  private static ByteBuffer bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return ByteBuffer.wrap(bytes);
  }

  private TransformVectors() {}
}
