package calve.judge;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.iceberg.PartitionField;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;

/** Rows for any schema, made from their number; columns that partition hold one value in all. */
final class RowFactory {
  private static final OffsetDateTime START =
      OffsetDateTime.of(2024, 2, 29, 12, 0, 0, 0, ZoneOffset.UTC);

  static List<Record> rows(Table table, int count) {
    Set<Integer> partitioning =
        table.spec().fields().stream().map(PartitionField::sourceId).collect(Collectors.toSet());
    return IntStream.range(0, count)
        .mapToObj(n -> struct(table.schema().asStruct(), n, partitioning))
        .toList();
  }

  private static Record struct(Types.StructType type, int n, Set<Integer> constant) {
    Record record = GenericRecord.create(type);
    for (Types.NestedField field : type.fields()) {
      record.setField(
          field.name(), value(field.type(), constant.contains(field.fieldId()) ? 0 : n));
    }
    return record;
  }

  private static Object value(Type type, int n) {
    return switch (type.typeId()) {
      case BOOLEAN -> n % 2 == 0;
      case INTEGER -> n;
      case LONG -> (long) n;
      case FLOAT -> n / 2f;
      case DOUBLE -> n / 2d;
      case DECIMAL -> BigDecimal.valueOf(n, ((Types.DecimalType) type).scale());
      case DATE -> LocalDate.ofEpochDay(n);
      case TIME -> LocalTime.ofSecondOfDay(n % 86_400);
      case TIMESTAMP ->
        ((Types.TimestampType) type).shouldAdjustToUTC() ? START.plusSeconds(n)
                                                         : START.plusSeconds(n).toLocalDateTime();
      case STRING -> "foreign " + n;
      case UUID -> UUID.nameUUIDFromBytes(("foreign " + n).getBytes());
      case FIXED -> new byte[((Types.FixedType) type).length()];
      case BINARY -> ByteBuffer.wrap(("foreign " + n).getBytes());
      case STRUCT -> struct(type.asStructType(), n, Set.of());
      case LIST -> List.of(value(type.asListType().elementType(), n));
      case MAP ->
        Map.of(value(type.asMapType().keyType(), n), value(type.asMapType().valueType(), n));
      default -> throw new IllegalArgumentException("No row can be made for the type " + type);
    };
  }

  private RowFactory() {}
}
