package io.calve.flink;

import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out that the topic was deleted and created again under the job. Kafka's consumer reads on in
 * the new one, and its events are not those that the table's offsets speak of.
 *
 * <p>An id never comes back. So where the topic is the same one after events were read, all of them
 * are its own: a check before each commit is enough for the table. A check whenever a writer starts
 * ends the job that would otherwise restart for ever, because its offsets lie beyond the new topic.
 */
final class LogCheck implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LogCheck.class);

  private final Admin admin;
  private final LogIdentity log;

  LogCheck(Properties client, LogIdentity log) {
    this.admin = Admin.create(client);
    this.log = log;
  }

  /** Fails with {@code source_gap}. No answer is no failure: the source waits for Kafka by itself. */
  void requireSame() throws CalveException {
    if (log.topicId.isEmpty()) {
      return;
    }
    try {
      requireSame(log, LogIdentity.topicId(admin, log.topic));
    } catch (ExecutionException | TimeoutException e) {
      LOG.warn("Whether the topic {} is the same one is not known: {}", log.topic, e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CalveException("cancelled", "The task ended while Kafka was asked for its topic");
    }
  }

  static void requireSame(LogIdentity log, String topicId) throws CalveException {
    if (!topicId.isEmpty() && !topicId.equals(log.topicId)) {
      throw new CalveException(
          "source_gap",
          "The Kafka topic was deleted and created again while the job read it. Nothing of the new one"
              + " was committed; start the job without a savepoint to see the choices. Topic "
              + log.topic
              + " was "
              + log.topicId
              + ", is "
              + topicId);
    }
  }

  @Override
  public void close() {
    admin.close();
  }
}
