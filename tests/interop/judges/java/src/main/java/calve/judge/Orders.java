package calve.judge;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;

/** The table of orders, and rows for it that depend on their number alone. */
public final class Orders {
  private static final Types.StructType ITEM =
      Types.StructType.of(NestedField.required(26, "sku", Types.StringType.get()),
          NestedField.required(27, "name", Types.StringType.get()),
          NestedField.required(28, "quantity", Types.IntegerType.get()),
          NestedField.required(29, "unit_price", Types.DecimalType.of(12, 2)));

  private static final Types.StructType ADDRESS =
      Types.StructType.of(NestedField.required(30, "street", Types.StringType.get()),
          NestedField.required(31, "city", Types.StringType.get()),
          NestedField.required(32, "postal_code", Types.StringType.get()),
          NestedField.required(33, "country", Types.StringType.get()));

  public static final Schema SCHEMA =
      new Schema(NestedField.required(1, "order_id", Types.UUIDType.get()),
          NestedField.required(2, "customer_id", Types.StringType.get()),
          NestedField.required(3, "email", Types.StringType.get()),
          NestedField.required(4, "created_at", Types.TimestampType.withZone()),
          NestedField.required(5, "status", Types.StringType.get()),
          NestedField.required(6, "channel", Types.StringType.get()),
          NestedField.required(7, "payment_method", Types.StringType.get()),
          NestedField.required(8, "currency", Types.StringType.get()),
          NestedField.required(9, "items", Types.ListType.ofRequired(25, ITEM)),
          NestedField.required(10, "subtotal", Types.DecimalType.of(12, 2)),
          NestedField.required(11, "discount", Types.DecimalType.of(12, 2)),
          NestedField.required(12, "shipping", Types.DecimalType.of(12, 2)),
          NestedField.required(13, "tax", Types.DecimalType.of(12, 2)),
          NestedField.required(14, "total", Types.DecimalType.of(12, 2)),
          NestedField.required(15, "shipping_address", ADDRESS),
          NestedField.optional(16, "coupon", Types.StringType.get()),
          NestedField.optional(17, "note", Types.StringType.get()),
          NestedField.required(18, "processed_at", Types.TimestampType.withZone()),
          NestedField.required(19, "source_partition", Types.IntegerType.get()),
          NestedField.required(20, "source_offset", Types.LongType.get()),
          NestedField.optional(21, "source_timestamp", Types.TimestampType.withZone()));

  public static PartitionSpec byDay() {
    return PartitionSpec.builderFor(SCHEMA).day("created_at").build();
  }

  /** Rows [from, to) of one day; the day may lie before 1970. */
  public static List<Record> rows(String day, int from, int to) {
    Instant midnight = Instant.parse(day + "T00:00:00Z");
    List<Record> rows = new ArrayList<>();
    for (int n = from; n < to; n++) {
      rows.add(row(n, midnight.plusSeconds(3600L * (n % 24)).plusNanos(1000L * n)));
    }
    return rows;
  }

  private static Record row(int n, Instant created) {
    OffsetDateTime at = created.atOffset(ZoneOffset.UTC);
    Record address = GenericRecord.create(ADDRESS);
    address.set(0, n + " Fj\u00e4llgatan");
    address.set(1, "Ilulissat");
    address.set(2, "3952");
    address.set(3, "GL");
    Record row = GenericRecord.create(SCHEMA);
    row.setField("order_id", UUID.nameUUIDFromBytes(("order-" + n).getBytes()));
    row.setField("customer_id", "customer-" + n % 7);
    row.setField("email", "customer-" + n % 7 + "@example.com");
    row.setField("created_at", at);
    row.setField("status", n % 3 == 0 ? "paid" : "created");
    row.setField("channel", "web");
    row.setField("payment_method", "card");
    row.setField("currency", "DKK");
    row.setField("items", items(n));
    row.setField("subtotal", money(1000 + n));
    row.setField("discount", money(-(n % 5)));
    row.setField("shipping", money(0));
    row.setField("tax", money(n / 4));
    row.setField("total", money(1000 + n - n % 5 + n / 4));
    row.setField("shipping_address", address);
    row.setField("coupon", n % 4 == 0 ? "ICE" + n : null);
    row.setField("note", null);
    row.setField("processed_at", at.plusSeconds(2));
    row.setField("source_partition", n % 4);
    row.setField("source_offset", (long) n);
    row.setField("source_timestamp", at.plusSeconds(1));
    return row;
  }

  private static List<Record> items(int n) {
    List<Record> items = new ArrayList<>();
    for (int i = 0; i < n % 4; i++) {
      Record item = GenericRecord.create(ITEM);
      item.set(0, "SKU-" + (n + i) % 11);
      item.set(1, "Eisbr\u00f6ckchen " + i);
      item.set(2, 1 + i);
      item.set(3, money(250 + n));
      items.add(item);
    }
    return items;
  }

  private static BigDecimal money(long cents) {
    return BigDecimal.valueOf(cents, 2);
  }

  private Orders() {}
}
