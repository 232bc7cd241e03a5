package io.calve.flink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.jobgraph.JobVertex;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.Test;

class CalveJobTest {
  private static final int PARALLELISM = 4;

  @Test
  void recordsAreHandedOverInOneChainAndCommittedOncePerCheckpoint() {
    List<JobVertex> vertices = vertices();
    List<String> names = vertices.stream().map(JobVertex::getName).collect(Collectors.toList());
    assertEquals(3, vertices.size(), names::toString);

    assertTrue(names.get(0).startsWith("Source: Kafka orders -> "), names::toString);
    assertTrue(names.get(0).contains("Writer"), names::toString);
    assertEquals(PARALLELISM, vertices.get(0).getParallelism());

    assertTrue(names.get(1).contains("Combine"), names::toString);
    assertEquals(1, vertices.get(1).getParallelism());

    // The metrics get what the committer leaves for them only within its chain.
    assertTrue(names.get(2).contains("Committer"), names::toString);
    assertTrue(names.get(2).contains("Commit metrics"), names::toString);
  }

  private static List<JobVertex> vertices() {
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.getExecutionEnvironment(new Configuration());
    JobOptions job =
        JobOptions.parse(
            "{\"topic\":\"orders\",\"pipeline\":\"p\",\"parallelism\":"
                + PARALLELISM
                + ",\"checkpointIntervalMs\":1000}");
    job.applyTo(env, ProgramConfiguration.OURS);
    Properties client = new Properties();
    client.setProperty("bootstrap.servers", "127.0.0.1:1");
    client.setProperty("group.id", "g");
    CalveJob.build(
        env,
        job,
        CalveJob.source(client, job, new TablePosition(Map.of(0, 5L))),
        new CalveSink(
            new Settings(new TreeMap<>(Map.of("KAFKA_TOPIC", "orders"))),
            new LogIdentity("c", "orders", "t")));
    List<JobVertex> vertices = new ArrayList<>();
    // Building the graph also serializes every operator.
    env.getStreamGraph()
        .getJobGraph()
        .getVerticesSortedTopologicallyFromSources()
        .forEach(vertices::add);
    return vertices;
  }
}
