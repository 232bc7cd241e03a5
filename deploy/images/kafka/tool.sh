#!/usr/bin/env bash
# One of Kafka's own tools, by the name under which it is called.
set -euo pipefail

case $(basename "$0") in
  kafka-topics) main=kafka.admin.TopicCommand ;;
  kafka-configs) main=kafka.admin.ConfigCommand ;;
  kafka-consumer-groups) main=kafka.admin.ConsumerGroupCommand ;;
  kafka-console-consumer) main=kafka.tools.ConsoleConsumer ;;
  kafka-console-producer) main=kafka.tools.ConsoleProducer ;;
  *)
    echo "$0: no tool of Kafka's has this name" >&2
    exit 2
    ;;
esac
CLASSPATH='/opt/kafka/libs/*' exec java -Xmx256m -XX:TieredStopAtLevel=1 \
  -Dlog4j.configuration=file:/opt/kafka/bin/tools-log4j.properties "$main" "$@"
