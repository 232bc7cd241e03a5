package calve.judge;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.MetricsConfig;
import org.apache.iceberg.PartitionKey;
import org.apache.iceberg.RewriteFiles;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.InternalRecordWrapper;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.data.parquet.GenericParquetWriter;
import org.apache.iceberg.hadoop.HadoopTables;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.io.FileAppender;
import org.apache.iceberg.io.OutputFile;
import org.apache.iceberg.parquet.Parquet;

/** Another engine that writes to the same table: what it leaves must not stop its owner. */
final class ForeignWriter {
  private static final List<String> DAYS = List.of("1969-12-31", "2024-02-29", "2024-03-01");

  private final Table table;

  /** A table of orders on three days, which share the rows, in a snapshot each. */
  static ObjectNode create(String folder, int rows) throws IOException {
    ForeignWriter writer = new ForeignWriter(
        new HadoopTables(new Configuration()).create(Orders.SCHEMA, Orders.byDay(), folder));
    for (int day = 0; day < DAYS.size(); day++) {
      int from = (int) ((long) rows * day / DAYS.size());
      int to = (int) ((long) rows * (day + 1) / DAYS.size());
      DataFile file = writer.write(Orders.rows(DAYS.get(day), from, to));
      writer.table.newAppend().appendFile(file).commit();
    }
    return writer.answer();
  }

  static ForeignWriter at(String folder) {
    return new ForeignWriter(new HadoopTables(new Configuration()).load(folder));
  }

  private ForeignWriter(Table table) {
    this.table = table;
  }

  /** Appends rows that satisfy the schema and mean nothing, all in one partition. */
  ObjectNode append(int rows) throws IOException {
    table.newAppend().appendFile(write(RowFactory.rows(table, rows))).commit();
    return answer();
  }

  /** Rewrites every partition's rows into one file, as a {@code replace} snapshot. */
  ObjectNode compact() throws IOException {
    Map<PartitionKey, List<Record>> partitions = new HashMap<>();
    try (CloseableIterable<Record> records = IcebergGenerics.read(table).build()) {
      for (Record record : records) {
        partitions.computeIfAbsent(key(record), ignored -> new ArrayList<>()).add(record);
      }
    }
    Set<DataFile> old = new HashSet<>();
    try (CloseableIterable<FileScanTask> tasks = table.newScan().planFiles()) {
      for (FileScanTask task : tasks) {
        old.add(task.file().copy());
      }
    }
    RewriteFiles rewrite =
        table.newRewrite().validateFromSnapshot(table.currentSnapshot().snapshotId());
    old.forEach(rewrite::deleteFile);
    for (List<Record> rows : partitions.values()) {
      rewrite.addFile(write(rows));
    }
    rewrite.commit();
    return answer();
  }

  /** Expires every snapshot but the current one, and deletes the files that only those name. */
  ObjectNode expire() {
    table.expireSnapshots().expireOlderThan(System.currentTimeMillis() + 1).retainLast(1).commit();
    return answer();
  }

  /** Makes an ancestor the current snapshot; the ones after it stay in the table's history. */
  ObjectNode rollback(long snapshotId) {
    table.manageSnapshots().rollbackTo(snapshotId).commit();
    return answer();
  }

  private DataFile write(List<Record> rows) throws IOException {
    PartitionKey key = key(rows.get(0));
    String name = "foreign-" + UUID.randomUUID() + ".parquet";
    String location = table.spec().isUnpartitioned()
        ? table.locationProvider().newDataLocation(name)
        : table.locationProvider().newDataLocation(table.spec(), key, name);
    OutputFile file = table.io().newOutputFile(location);
    FileAppender<Record> appender = Parquet.write(file)
                                        .forTable(table)
                                        .metricsConfig(MetricsConfig.forTable(table))
                                        .createWriterFunc(GenericParquetWriter::create)
                                        .build();
    try (appender) {
      appender.addAll(rows);
    }
    return DataFiles.builder(table.spec())
        .withPath(location)
        .withFormat(FileFormat.PARQUET)
        .withPartition(table.spec().isUnpartitioned() ? null : key)
        .withFileSizeInBytes(appender.length())
        .withMetrics(appender.metrics())
        .withSplitOffsets(appender.splitOffsets())
        .build();
  }

  private PartitionKey key(Record record) {
    PartitionKey key = new PartitionKey(table.spec(), table.schema());
    key.partition(new InternalRecordWrapper(table.schema().asStruct()).wrap(record));
    return key;
  }

  private ObjectNode answer() {
    table.refresh();
    ObjectNode answer = new ObjectMapper().createObjectNode();
    answer.put("snapshot_id", table.currentSnapshot().snapshotId());
    answer.put("operation", table.currentSnapshot().operation());
    answer.put("sequence_number", table.currentSnapshot().sequenceNumber());
    return answer;
  }
}
