# shellcheck shell=bash
# What every way to start a broker shares, for ../kafka.sh and the image's entry point to source after
# versions.env.

readonly kafka_files=${BASH_SOURCE[0]%/*}

fetch_broker() { # JARS_DIR
  mvn -q -B --strict-checksums -f "$kafka_files/pom.xml" dependency:copy-dependencies \
    -DincludeScope=runtime -DoutputDirectory="$1" -Dkafka.version="$KAFKA_VERSION" \
    -Dreload4j.version="$RELOAD4J_VERSION" -Dslf4j.version="$SLF4J_VERSION"
}

new_cluster_id() {
  head -c 16 /dev/urandom | base64 | tr '+/' '-_' | tr -d '='
}

# The facts that `kafka-storage format` would write; it costs a JVM. A folder that has them keeps them.
format_storage() { # DATA_DIR CLUSTER_ID NODE_ID
  [[ -f $1/meta.properties ]] && return
  mkdir -p "$1"
  printf '%s\n' version=1 "cluster.id=$2" "node.id=$3" >"$1/meta.properties"
}

# Runs the broker by a command such as exec.
run_broker() { # JARS_DIR PROPERTIES HEAP_OPTIONS COMMAND...
  local jars=$1 properties=$2 heap
  read -ra heap <<<"$3"
  CLASSPATH="$jars/*" "${@:4}" java "${heap[@]}" \
    "-Dlog4j.configuration=file:$kafka_files/log4j.properties" kafka.Kafka "$properties"
}
