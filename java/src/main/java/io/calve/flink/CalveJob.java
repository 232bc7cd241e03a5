package io.calve.flink;

import java.util.Properties;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * The job: Kafka's raw records, and a sink that is the engine.
 *
 * <pre>flink run calve-flink-1.18.jar KAFKA_BOOTSTRAP_SERVERS=... ICEBERG_WAREHOUSE=s3://...</pre>
 */
public final class CalveJob {
  private static final String DISCOVERY_INTERVAL_MS = "30000";

  private CalveJob() {}

  public static void main(String[] arguments) throws Exception {
    Settings settings = Settings.collect(System.getenv(), PropertyGroups.FILE, arguments);
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
    JobOptions job;
    try (Engine engine = Engine.open(settings)) {
      job = engine.job();
      job.applyTo(env, ProgramConfiguration.of(env.getConfiguration(), PropertyGroups.FILE));
      Properties client = engine.kafkaProperties();
      LogIdentity log = LogIdentity.ask(client, job.topic);
      build(env, job, source(client, job, engine.position(log)), new CalveSink(settings, log));
    }
    env.execute("calve " + job.pipeline + ": " + job.topic);
  }

  static KafkaSource<RawRecord> source(Properties client, JobOptions job, TablePosition position) {
    return KafkaSource.<RawRecord>builder()
        .setProperties(client)
        .setTopics(job.topic)
        .setStartingOffsets(position)
        .setDeserializer(new RawRecordDeserializer())
        .setClientIdPrefix("calve-" + job.pipeline)
        .setProperty("partition.discovery.interval.ms", DISCOVERY_INTERVAL_MS)
        .build();
  }

  /** The names are for Flink's UI; by the uids a savepoint finds its operators again. */
  static void build(
      StreamExecutionEnvironment env,
      JobOptions job,
      KafkaSource<RawRecord> source,
      CalveSink sink) {
    env.fromSource(
            new StartingSource(source), WatermarkStrategy.noWatermarks(), "Kafka " + job.topic)
        .uid("source")
        .sinkTo(sink)
        .name("Iceberg " + job.pipeline)
        .uid("sink");
  }
}
