package calve.golden;

import calve.judge.FolderOperations;
import calve.judge.Orders;
import java.io.IOException;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.FileMetadata;
import org.apache.iceberg.Metrics;
import org.apache.iceberg.MetricsConfig;
import org.apache.iceberg.PartitionKey;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.InternalRecordWrapper;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.data.parquet.GenericParquetWriter;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.io.FileAppender;
import org.apache.iceberg.parquet.Parquet;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;

/**
 * Makes the golden tables that come from Java.
 *
 * <p>Usage: {@code Golden FOLDER}. Data files are written for their metrics alone; make_golden.sh
 * takes them away.
 */
public final class Golden {
  private final Path root;
  private final GoldenIO io;

  public static void main(String[] args) throws IOException {
    Golden golden = new Golden(Path.of(args[0]));
    try (PrintStream out = new PrintStream(args[0] + "/transforms.json", StandardCharsets.UTF_8)) {
      TransformVectors.print(out);
    }
    golden.orders();
    golden.ordersV1();
    golden.upgraded();
    golden.everyTransform();
    golden.evolved();
    golden.rowDelta();
    golden.expired();
    golden.gzipMetadata();
    golden.formatVersion3();
  }

  private Golden(Path root) {
    this.root = root;
    this.io = new GoldenIO(root);
  }

  /** An append on two days, one before 1970, with a tag; then the delete of a whole day. */
  private void orders() throws IOException {
    Table table = create("orders", Orders.SCHEMA, Orders.byDay(), Map.of("format-version", "2"));
    append(table, Orders.rows("2024-02-29", 0, 20), Orders.rows("1969-12-31", 20, 25));
    table.manageSnapshots().createTag("first", table.currentSnapshot().snapshotId()).commit();
    table.newDelete()
        .deleteFromRowFilter(Expressions.and(
            Expressions.greaterThanOrEqual("created_at", "1969-12-31T00:00:00+00:00"),
            Expressions.lessThan("created_at", "1970-01-01T00:00:00+00:00")))
        .set("calve.test", "foreign")
        .commit();
    finish(table);
  }

  private void ordersV1() throws IOException {
    Table table = create("orders-v1", Orders.SCHEMA, Orders.byDay(), Map.of("format-version", "1"));
    append(table, Orders.rows("2024-02-29", 0, 8), Orders.rows("2024-03-01", 8, 16));
    finish(table);
  }

  /** Version 1 manifests, without sequence numbers, under a version 2 manifest list. */
  private void upgraded() throws IOException {
    Table table =
        create("upgraded", small(), PartitionSpec.unpartitioned(), Map.of("format-version", "1"));
    append(table, smallRows(0, 3));
    table.updateProperties().set("format-version", "2").commit();
    append(table, smallRows(3, 6));
    finish(table);
  }

  private void everyTransform() throws IOException {
    Table table =
        create("every-transform", wide(), everyTransformSpec(), Map.of("format-version", "2"));
    Record nulls = GenericRecord.create(wide());
    nulls.setField("id", 0);
    append(table, List.of(wideRow(1)), List.of(wideRow(-1)), List.of(nulls));
    finish(table);
  }

  /** A second spec, a second schema and a sort order: manifests of two specs under one list. */
  private void evolved() throws IOException {
    Table table =
        create("evolved", small(), PartitionSpec.unpartitioned(), Map.of("format-version", "2"));
    append(table, smallRows(0, 3));
    table.updateSchema()
        .addColumn("added", Types.StringType.get())
        .renameColumn("name", "title")
        .updateColumn("id", Types.LongType.get())
        .commit();
    table.updateSpec().addField(Expressions.bucket("id", 4)).commit();
    table.replaceSortOrder().asc("id").desc("title").commit();
    Record row = GenericRecord.create(table.schema());
    row.setField("id", 1L << 40);
    row.setField("title", "after");
    append(table, List.of(row));
    finish(table);
  }

  /** A position delete file and an equality delete file: a manifest whose content is deletes. */
  private void rowDelta() throws IOException {
    Table table =
        create("row-delta", small(), PartitionSpec.unpartitioned(), Map.of("format-version", "2"));
    append(table, smallRows(0, 3));
    DeleteFile positions = FileMetadata.deleteFileBuilder(table.spec())
                               .ofPositionDeletes()
                               .withPath(table.location() + "/data/positions.parquet")
                               .withFormat(FileFormat.PARQUET)
                               .withFileSizeInBytes(1234)
                               .withRecordCount(1)
                               .build();
    DeleteFile equality = FileMetadata.deleteFileBuilder(table.spec())
                              .ofEqualityDeletes(1)
                              .withPath(table.location() + "/data/equality.parquet")
                              .withFormat(FileFormat.PARQUET)
                              .withFileSizeInBytes(567)
                              .withRecordCount(2)
                              .build();
    table.newRowDelta().addDeletes(positions).addDeletes(equality).commit();
    finish(table);
  }

  /** Two appends of which one snapshot is left, and a metadata log cut to two. */
  private void expired() throws IOException {
    Table table = create("expired", small(), PartitionSpec.unpartitioned(),
        Map.of("format-version", "2", "write.metadata.previous-versions-max", "2",
            "write.metadata.delete-after-commit.enabled", "true"));
    append(table, smallRows(0, 1));
    append(table, smallRows(1, 2));
    table.expireSnapshots().expireOlderThan(Long.MAX_VALUE).retainLast(1).commit();
    finish(table);
  }

  private void gzipMetadata() throws IOException {
    Table table = create("gzip-metadata", small(), PartitionSpec.unpartitioned(),
        Map.of("format-version", "2", "write.metadata.compression-codec", "gzip"));
    append(table, smallRows(0, 3));
    finish(table);
  }

  private void formatVersion3() throws IOException {
    Table table =
        create("format-v3", small(), PartitionSpec.unpartitioned(), Map.of("format-version", "3"));
    append(table, smallRows(0, 3));
    finish(table);
  }

  private Table create(
      String name, Schema schema, PartitionSpec spec, Map<String, String> properties) {
    String location = GoldenIO.PREFIX + name;
    root.resolve(name).resolve("metadata").toFile().mkdirs();
    FolderOperations operations = new FolderOperations(io, location);
    operations.commit(null,
        TableMetadata.newTableMetadata(schema, spec, SortOrder.unsorted(), location, properties));
    return new BaseTable(operations, name);
  }

  private void finish(Table table) throws IOException {
    BaseTable base = (BaseTable) table;
    Expected.write(base.operations(), table, root.resolve(table.name()).resolve("expected.json"));
  }

  /** One data file a list of rows, which share their partition, all in one snapshot. */
  @SafeVarargs
  private void append(Table table, List<Record>... files) throws IOException {
    var append = table.newAppend();
    Snapshot current = table.currentSnapshot();
    int serial = current == null ? 0 : 10 * (int) table.history().size();
    for (List<Record> rows : files) {
      append.appendFile(dataFile(table, "data/f" + serial++ + ".parquet", rows));
    }
    append.commit();
  }

  private DataFile dataFile(Table table, String name, List<Record> rows) throws IOException {
    String location = table.location() + "/" + name;
    io.path(location).getParent().toFile().mkdirs();
    FileAppender<Record> appender = Parquet.write(io.newOutputFile(location))
                                        .schema(table.schema())
                                        .metricsConfig(MetricsConfig.forTable(table))
                                        .createWriterFunc(GenericParquetWriter::create)
                                        .overwrite()
                                        .build();
    try (appender) {
      appender.addAll(rows);
    }
    PartitionKey key = new PartitionKey(table.spec(), table.schema());
    key.partition(new InternalRecordWrapper(table.schema().asStruct()).wrap(rows.get(0)));
    Metrics metrics = appender.metrics();
    return DataFiles.builder(table.spec())
        .withPath(location)
        .withFormat(FileFormat.PARQUET)
        .withPartition(table.spec().isUnpartitioned() ? null : key)
        .withFileSizeInBytes(appender.length())
        .withMetrics(metrics)
        .withSplitOffsets(appender.splitOffsets())
        .withSortOrder(table.sortOrder())
        .build();
  }

  private static Schema small() {
    return new Schema(NestedField.required(1, "id", Types.IntegerType.get()),
        NestedField.optional(2, "name", Types.StringType.get()));
  }

  private static List<Record> smallRows(int from, int to) {
    List<Record> rows = new ArrayList<>();
    for (int n = from; n < to; n++) {
      Record row = GenericRecord.create(small());
      row.setField("id", n);
      row.setField("name", n % 2 == 0 ? "row " + n : null);
      rows.add(row);
    }
    return rows;
  }

  /** A column of every primitive type. */
  private static Schema wide() {
    return new Schema(NestedField.required(1, "id", Types.IntegerType.get()),
        NestedField.optional(2, "flag", Types.BooleanType.get()),
        NestedField.optional(3, "number", Types.LongType.get()),
        NestedField.optional(4, "ratio", Types.FloatType.get()),
        NestedField.optional(5, "wide_ratio", Types.DoubleType.get()),
        NestedField.optional(6, "amount", Types.DecimalType.of(12, 2)),
        NestedField.optional(7, "big_amount", Types.DecimalType.of(38, 10)),
        NestedField.optional(8, "day", Types.DateType.get()),
        NestedField.optional(9, "time", Types.TimeType.get()),
        NestedField.optional(10, "local", Types.TimestampType.withoutZone()),
        NestedField.optional(11, "instant", Types.TimestampType.withZone()),
        NestedField.optional(12, "text", Types.StringType.get()),
        NestedField.optional(13, "key", Types.UUIDType.get()),
        NestedField.optional(14, "hash", Types.FixedType.ofLength(4)),
        NestedField.optional(15, "payload", Types.BinaryType.get()),
        NestedField.optional(16, "tags",
            Types.MapType.ofOptional(17, 18, Types.StringType.get(), Types.LongType.get())),
        NestedField.optional(19, "seen", Types.TimestampType.withZone()));
  }

  private static PartitionSpec everyTransformSpec() {
    return PartitionSpec.builderFor(wide())
        .identity("flag")
        .identity("number")
        .identity("ratio")
        .identity("wide_ratio")
        .identity("amount")
        .identity("big_amount")
        .identity("day")
        .identity("time")
        .identity("local")
        .identity("text")
        .identity("key")
        .identity("hash")
        .identity("payload")
        .bucket("key", 16)
        .bucket("text", 8, "text_bucket_8")
        .truncate("text", 3)
        .truncate("amount", 100)
        .truncate("payload", 2)
        .year("day", "day_year")
        .month("local", "local_month")
        .day("instant", "instant_day")
        .hour("seen", "seen_hour")
        .alwaysNull("number", "number_void")
        .build();
  }

  private static Record wideRow(int sign) {
    Record row = GenericRecord.create(wide());
    row.setField("id", sign);
    row.setField("flag", sign > 0);
    row.setField("number", sign * 1234567890123L);
    row.setField("ratio", sign * 1.5f);
    row.setField("wide_ratio", sign * 0.125d);
    row.setField("amount", BigDecimal.valueOf(sign * 1420L, 2));
    row.setField("big_amount",
        new BigDecimal("1234567890123456789012345678.0123456789")
            .multiply(BigDecimal.valueOf(sign)));
    row.setField("day", LocalDate.ofEpochDay(sign * 20000L));
    row.setField("time", LocalTime.of(22, 31, 8, 1000));
    row.setField("local", LocalDateTime.of(1970 + sign * 40, 11, 16, 22, 31, 8, 1000));
    OffsetDateTime instant =
        OffsetDateTime.of(1970 + sign * 40, 11, 16, 22, 31, 8, 1000, ZoneOffset.UTC);
    row.setField("instant", instant);
    row.setField("seen", instant.minusHours(1));
    row.setField("text", sign > 0 ? "\u6c37\u5c71\ud83e\uddca\u306f" : "a b/c=d");
    row.setField("key", UUID.nameUUIDFromBytes(new byte[] {(byte) sign}));
    row.setField("hash", new byte[] {0, 1, (byte) 0xfe, (byte) 0xff});
    row.setField("payload", ByteBuffer.wrap(new byte[] {(byte) 0xff, 0, (byte) sign, 7}));
    row.setField("tags", Map.of("a", 1L));
    return row;
  }
}
