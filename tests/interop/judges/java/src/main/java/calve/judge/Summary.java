package calve.judge;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.PartitionField;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;

/** The canonical summary of a table's current rows, as tests/interop/README.md defines it. */
final class Summary {
  private final Map<String, LeafSummary> leaves = new TreeMap<>();

  static ObjectNode of(OpenTable open) throws IOException {
    Table table = open.table();
    ObjectNode answer = new ObjectMapper().createObjectNode();
    answer.put("reader", "java");
    Snapshot current = table.currentSnapshot();
    answer.put("snapshot_id", current == null ? null : current.snapshotId());
    ArrayNode spec = answer.putArray("partition_spec");
    for (PartitionField field : table.spec().fields()) {
      String source = table.schema().findColumnName(field.sourceId());
      spec.add("%s = %s(%s)".formatted(field.name(), field.transform(), source));
    }
    answer.put("data_files", countFiles(table));

    Summary summary = new Summary();
    List<Visitor> visitors = summary.visitors(table.schema().asStruct(), "");
    long rows = 0;
    try (CloseableIterable<Record> records = IcebergGenerics.read(table).build()) {
      for (Record record : records) {
        visitors.forEach(visitor -> visitor.visitParent(record));
        rows++;
      }
    }
    answer.put("rows", rows);
    ObjectNode columns = answer.putObject("columns");
    summary.leaves.forEach((name, leaf) -> columns.set(name, leaf.toJson()));
    return answer;
  }

  private static int countFiles(Table table) throws IOException {
    int count = 0;
    try (CloseableIterable<FileScanTask> tasks = table.newScan().planFiles()) {
      for (FileScanTask ignored : tasks) {
        count++;
      }
    }
    return count;
  }

  /** Takes one field's value out of its parent struct and adds it to its leaves. */
  private interface Visitor {
    void visitParent(Record parent);
  }

  private interface ValueVisitor {
    void visit(Object value);
  }

  private List<Visitor> visitors(Types.StructType struct, String prefix) {
    List<Types.NestedField> fields = struct.fields();
    return java.util.stream.IntStream.range(0, fields.size())
        .mapToObj(position -> {
          Types.NestedField field = fields.get(position);
          ValueVisitor visitor = visitor(field.type(), prefix + field.name());
          return (Visitor) parent -> visitor.visit(parent == null ? null : parent.get(position));
        })
        .toList();
  }

  private ValueVisitor visitor(Type type, String name) {
    return switch (type.typeId()) {
      case STRUCT -> {
        List<Visitor> fields = visitors(type.asStructType(), name + ".");
        yield value -> fields.forEach(field -> field.visitParent((Record) value));
      }
      case LIST -> {
        LeafSummary sizes = leaf(name, Types.IntegerType.get());
        ValueVisitor element = elementVisitor(type.asListType().elementType(), name, "element");
        yield value -> {
          List<?> elements = (List<?>) value;
          sizes.add(elements == null ? null : elements.size());
          if (elements != null) {
            elements.forEach(element::visit);
          }
        };
      }
      case MAP -> {
        LeafSummary sizes = leaf(name, Types.IntegerType.get());
        ValueVisitor key = elementVisitor(type.asMapType().keyType(), name, "key");
        ValueVisitor mapped = elementVisitor(type.asMapType().valueType(), name, "value");
        yield value -> {
          Map<?, ?> entries = (Map<?, ?>) value;
          sizes.add(entries == null ? null : entries.size());
          if (entries != null) {
            entries.keySet().forEach(key::visit);
            entries.values().forEach(mapped::visit);
          }
        };
      }
      default -> leaf(name, type)::add;
    };
  }

  /** The fields of a list's structs stand directly under the list's name: items.sku. */
  private ValueVisitor elementVisitor(Type type, String name, String role) {
    return visitor(type, type.isStructType() ? name : name + "." + role);
  }

  private LeafSummary leaf(String name, Type type) {
    return leaves.computeIfAbsent(name, ignored -> new LeafSummary(type));
  }
}
