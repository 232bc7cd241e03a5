package calve.judge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.util.List;

/**
 * Judges a table by Iceberg's Java library, and writes to it as a foreign engine would.
 *
 * <p>One JSON document goes to standard output. Exit code 0: the table is as it should be; 1: it is
 * not, or the library refused it; 2: usage.
 */
public final class Judge {
  private static final String USAGE =
      """
      judge summary  LOCATION                  rows, columns and files of the current snapshot
      judge plan     LOCATION COLUMN FROM TO   files that FROM <= COLUMN < TO plans, of all files
      judge validate LOCATION                  every version, snapshot, manifest and data file
      judge create   LOCATION ROWS             make a table of orders, a snapshot a day
      judge append   LOCATION ROWS             append a snapshot with one data file of ROWS rows
      judge compact  LOCATION                  rewrite each partition's files into one
      judge expire   LOCATION                  expire every snapshot but the current one
      judge rollback LOCATION SNAPSHOT_ID      make an ancestor the current snapshot
      LOCATION is a table's folder or s3://bucket/key; the writing verbs take folders alone.
      """;

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS);

  public static void main(String[] args) throws Exception {
    JsonNode answer = run(List.of(args));
    if (answer == null) {
      System.err.print(USAGE);
      System.exit(2);
    }
    System.out.println(JSON.writerWithDefaultPrettyPrinter().writeValueAsString(answer));
    System.exit(answer.path("problems").isEmpty() ? 0 : 1);
  }

  /** Null when the arguments make no sense. */
  private static JsonNode run(List<String> args) throws Exception {
    if (args.size() < 2) {
      return null;
    }
    String location = args.get(1);
    return switch (args.get(0) + "/" + (args.size() - 2)) {
      case "summary/0" -> Summary.of(OpenTable.at(location));
      case "plan/3" -> Plan.of(OpenTable.at(location), args.get(2), args.get(3), args.get(4));
      case "validate/0" -> Validation.of(OpenTable.at(location));
      case "create/1" -> ForeignWriter.create(location, Integer.parseInt(args.get(2)));
      case "append/1" -> ForeignWriter.at(location).append(Integer.parseInt(args.get(2)));
      case "compact/0" -> ForeignWriter.at(location).compact();
      case "rollback/1" -> ForeignWriter.at(location).rollback(Long.parseLong(args.get(2)));
      case "expire/0" -> ForeignWriter.at(location).expire();
      default -> null;
    };
  }

  private Judge() {}
}
