package io.calve.flink;

import java.io.IOException;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.Uuid;

/**
 * Which log the table follows, by names that a topic of the same name, created anew, does not share.
 * The table keeps them, so they are written exactly as the native process writes them.
 */
final class LogIdentity implements Serializable {
  private static final int REQUEST_LIMIT_S = 30;

  final String cluster;
  final String topic;
  final String topicId;

  LogIdentity(String cluster, String topic, String topicId) {
    this.cluster = cluster;
    this.topic = topic;
    this.topicId = topicId;
  }

  static LogIdentity ask(Properties client, String topic) throws IOException, InterruptedException {
    try (Admin admin = Admin.create(client)) {
      String cluster = admin.describeCluster().clusterId().get(REQUEST_LIMIT_S, TimeUnit.SECONDS);
      return new LogIdentity(cluster == null ? "" : cluster, topic, topicId(admin, topic));
    } catch (ExecutionException | TimeoutException e) {
      Throwable reason = e instanceof ExecutionException ? e.getCause() : e;
      throw new IOException(
          "Kafka did not describe the topic; check KAFKA_BOOTSTRAP_SERVERS, KAFKA_TOPIC and the"
              + " credentials. Topic "
              + topic
              + " at "
              + client.getProperty("bootstrap.servers")
              + ": "
              + reason,
          reason);
    }
  }

  /** Empty if the brokers have no ids. */
  static String topicId(Admin admin, String topic)
      throws ExecutionException, TimeoutException, InterruptedException {
    TopicDescription description =
        admin
            .describeTopics(List.of(topic))
            .allTopicNames()
            .get(REQUEST_LIMIT_S, TimeUnit.SECONDS)
            .get(topic);
    return write(description.topicId());
  }

  /** Standard Base64 as in librdkafka, where {@link Uuid#toString} has the alphabet for URLs. */
  static String write(Uuid topicId) {
    if (topicId == null || topicId.equals(Uuid.ZERO_UUID)) {
      return ""; // a broker before 2.8
    }
    ByteBuffer bytes = ByteBuffer.allocate(2 * Long.BYTES);
    bytes.putLong(topicId.getMostSignificantBits()).putLong(topicId.getLeastSignificantBits());
    return Base64.getEncoder().withoutPadding().encodeToString(bytes.array());
  }
}
