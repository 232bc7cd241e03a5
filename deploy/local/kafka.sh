#!/usr/bin/env bash
# One Kafka broker with its controller (KRaft) on 127.0.0.1, without a container.
set -euo pipefail

usage() {
  cat >&2 <<'END'
usage: kafka.sh start                    start, and wait until it serves; no effect if it runs
       kafka.sh stop                     end it in order; the data stay
       kafka.sh kill                     end it with SIGKILL, as a crash would; the data stay
       kafka.sh status                   0: serves, 1: runs but does not answer, 3: stopped
       kafka.sh topic NAME PARTITIONS    create the topic unless it exists
       kafka.sh env                      print what clients need, for eval

KAFKA_PORT     the broker's port (9092); the controller's is the next one, on 127.0.0.2
KAFKA_HEAP_MB  the JVM's heap limit (512)
CALVE_STATE    where the instances keep their data and logs, one folder per port (.calve/services)
CALVE_CACHE    where the software is kept (~/.cache/calve)
END
  exit 2
}

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=deploy/local/process.sh
source "$here/process.sh"
# shellcheck source=deploy/local/software.sh
source "$here/software.sh"
# shellcheck source=deploy/local/versions.env
source "$here/versions.env"
# shellcheck source=deploy/local/kafka/broker.sh
source "$here/kafka/broker.sh"

root=$(cd "$here/../.." && pwd)
readonly start_limit_s=60
readonly stop_limit_s=30

port=${KAFKA_PORT:-9092}
heap_mb=${KAFKA_HEAP_MB:-512}
cache=${CALVE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/calve}
dir=${CALVE_STATE:-$root/.calve/services}/kafka-$port
jars=$cache/kafka-$KAFKA_VERSION

# The controller listens on another loopback address: no client's port is ever
# taken there, so the port next to a free one is free.
write_properties() {
  local controller=127.0.0.2:$((port + 1))
  {
    cat "$here/kafka/broker.properties"
    printf '%s\n' "listeners=BROKER://127.0.0.1:$port,CONTROLLER://$controller" \
      "controller.quorum.voters=1@$controller" "log.dirs=$dir/data"
  } >"$dir/server.properties"
}

ask_broker() {
  python3 "$here/kafka/broker_client.py" "$port" "$@"
}

start() {
  require_command java "run: ./dev setup"
  require_command python3 "run: ./dev setup"
  require_command mvn "run: ./dev setup"
  install_once "$jars" fetch_broker
  hold_lock "$dir"
  dir=$(cd "$dir" && pwd)
  if ! process_id "$dir" >/dev/null; then
    require_free_port "$port" KAFKA_PORT
    format_storage "$dir/data" "$(new_cluster_id)" 1
    write_properties
    run_broker "$jars" "$dir/server.properties" "-Xms${heap_mb}m -Xmx${heap_mb}m" process_start "$dir"
  fi
  process_wait_ready "$dir" "$start_limit_s" ask_broker ready
}

topic() { # NAME PARTITIONS
  process_id "$dir" >/dev/null || fail "no broker on port $port; run: $0 start"
  ask_broker topic "$1" "$2"
}

case ${1:-}/$# in
  start/1) start ;;
  stop/1) process_end_alone "$dir" TERM "$stop_limit_s" ;;
  kill/1) process_end_alone "$dir" KILL "$stop_limit_s" ;;
  status/1) process_status "$dir" kafka "$port" ask_broker ready ;;
  topic/3) topic "$2" "$3" ;;
  env/1) echo "export KAFKA_BOOTSTRAP_SERVERS=127.0.0.1:$port" ;;
  *) usage ;;
esac
