#!/usr/bin/env bash
# Starts the broker from the environment, as Confluent's image does: KAFKA_FOO_BAR=x is the broker's
# foo.bar=x; in a name __ stands for _ and ___ for -. They win over broker.properties.
set -euo pipefail

# shellcheck source=deploy/local/kafka/broker.sh
source /opt/kafka/files/broker.sh

properties=/tmp/server.properties
export KAFKA_LOG_DIRS=${KAFKA_LOG_DIRS:-/var/lib/kafka/data}

# Variables that Kafka's own scripts read; they are no property of the broker.
is_for_the_scripts() { # NAME
  [[ $1 == KAFKA_HEAP_OPTS || $1 == KAFKA_OPTS || $1 == KAFKA_JMX_* || $1 == KAFKA_LOG4J_* ]]
}

property_of() { # NAME
  local name=${1#KAFKA_}
  name=${name//___/-}
  name=${name//__/$'\1'}
  name=${name//_/.}
  name=${name//$'\1'/_}
  printf '%s\n' "${name,,}"
}

{
  cat /opt/kafka/files/broker.properties
  for name in $(compgen -e KAFKA_); do
    is_for_the_scripts "$name" || printf '%s=%s\n' "$(property_of "$name")" "${!name}"
  done
} >"$properties"

format_storage "$KAFKA_LOG_DIRS" "${CLUSTER_ID:-$(new_cluster_id)}" "${KAFKA_NODE_ID:-1}"
run_broker /opt/kafka/libs "$properties" "${KAFKA_HEAP_OPTS:--Xms512m -Xmx512m}" exec
