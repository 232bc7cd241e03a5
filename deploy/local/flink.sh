#!/usr/bin/env bash
# One Flink cluster on 127.0.0.1, a JobManager and a TaskManager, without a container.
set -euo pipefail

usage() {
  cat >&2 <<'END_OF_USAGE'
usage: flink.sh start                 start what does not run, and wait until the slots are there
       flink.sh stop                  end both in order; checkpoints stay
       flink.sh kill                  end both with SIGKILL, as a crash would
       flink.sh start-jobmanager | start-taskmanager
       flink.sh kill-jobmanager  | kill-taskmanager
       flink.sh status                0: serves, 1: runs in part, 3: stopped
       flink.sh logs                  print where the logs are
       flink.sh env                   print what clients need, for eval
       flink.sh submit [--from CHECKPOINT] JAR [NAME=VALUE ...]    print the job's id
       flink.sh jobs                  a line for each job: id, state, name
       flink.sh state JOB | exceptions JOB | cancel JOB
       flink.sh savepoint JOB         end the job with a savepoint, and print its place
       flink.sh checkpoint JOB        print the place of the job's newest completed checkpoint

FLINK_REST_PORT  port of the REST API and the UI (8081)
FLINK_RPC_PORT   the JobManager's port for TaskManagers (6123)
FLINK_SLOTS      slots of the TaskManager (2)
FLINK_VERSION    one of those in deploy/local/flink/archives.sha256 (1.18.1)
CALVE_STATE      where the instances keep logs and checkpoints, one folder per port (.calve/services)
CALVE_CACHE      where the software is kept (~/.cache/calve)
END_OF_USAGE
  exit 2
}

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=deploy/local/process.sh
source "$here/process.sh"
# shellcheck source=deploy/local/versions.env
source "$here/versions.env"

root=$(cd "$here/../.." && pwd)
readonly start_limit_s=90
readonly stop_limit_s=30

rest_port=${FLINK_REST_PORT:-8081}
rpc_port=${FLINK_RPC_PORT:-6123}
slots=${FLINK_SLOTS:-2}
cache=${CALVE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/calve}
dir=${CALVE_STATE:-$root/.calve/services}/flink-$rest_port
software=$cache/flink-$FLINK_VERSION
url=http://127.0.0.1:$rest_port

# The TaskManager's memory, some 3.3 GiB in all. Flink's own scripts compute these from one size; here
# they are said. Task off-heap is what native code may take.
readonly framework_heap_mb=128 task_heap_mb=1408 framework_off_heap_mb=128 task_off_heap_mb=768
readonly network_mb=256 managed_mb=128 metaspace_mb=256 overhead_mb=320
readonly jobmanager_heap_mb=768

# What Flink reaches into on a JDK with modules.
java_opens() {
  local package
  for package in java.lang java.lang.reflect java.io java.net java.nio java.text java.time java.util \
    java.util.concurrent java.util.concurrent.atomic java.util.concurrent.locks sun.nio.ch; do
    printf -- '--add-opens=java.base/%s=ALL-UNNAMED\n' "$package"
  done
}

# The archive of PyPI's package is the distribution without its shell scripts.
install_software() {
  [[ -d $software ]] && return
  local checksum
  checksum=$(grep -F -- "-$FLINK_VERSION.tar.gz" "$here/flink/archives.sha256") ||
    fail "Flink $FLINK_VERSION has no checksum; add it to $here/flink/archives.sha256"
  echo "fetching Flink $FLINK_VERSION to $software" >&2
  (
    hold_lock "$cache"
    [[ -d $software ]] && exit
    rm -rf "$software.part"
    mkdir -p "$software.part/fetched"
    python3 -m pip download -q --disable-pip-version-check --no-deps --no-binary :all: \
      -d "$software.part/fetched" "apache-flink-libraries==$FLINK_VERSION" >&2
    (cd "$software.part/fetched" && sha256sum --quiet -c <<<"$checksum") ||
      fail "the archive of Flink $FLINK_VERSION is not the one that was pinned"
    tar -xzf "$software.part"/fetched/*.tar.gz -C "$software.part" --strip-components=2 \
      --wildcards '*/deps/lib' '*/deps/opt' '*/deps/plugins'
    rm -r "$software.part/fetched"
    mv "$software.part" "$software"
  )
}

# Up to 1.18 the file is flink-conf.yaml, from 2.0 on it is config.yaml; in between both are read.
configuration_file() {
  case $FLINK_VERSION in
    1.1[0-8].*) echo flink-conf.yaml ;;
    *) echo config.yaml ;;
  esac
}

write_configuration() {
  mkdir -p "$dir/conf" "$dir/tmp" "$dir/checkpoints" "$dir/upload" "$dir/jobmanager" "$dir/taskmanager"
  {
    cat "$here/flink/cluster.yaml"
    cat <<END_OF_CONFIGURATION

rest.address: 127.0.0.1
rest.bind-address: 127.0.0.1
rest.port: $rest_port
jobmanager.rpc.address: 127.0.0.1
jobmanager.rpc.port: $rpc_port
jobmanager.bind-host: 127.0.0.1
taskmanager.host: 127.0.0.1
taskmanager.bind-host: 127.0.0.1

io.tmp.dirs: $dir/tmp
web.upload.dir: $dir/upload
state.checkpoints.dir: file://$dir/checkpoints

taskmanager.numberOfTaskSlots: $slots
taskmanager.cpu.cores: $slots.0
taskmanager.memory.framework.heap.size: ${framework_heap_mb}mb
taskmanager.memory.task.heap.size: ${task_heap_mb}mb
taskmanager.memory.framework.off-heap.size: ${framework_off_heap_mb}mb
taskmanager.memory.task.off-heap.size: ${task_off_heap_mb}mb
taskmanager.memory.network.min: ${network_mb}mb
taskmanager.memory.network.max: ${network_mb}mb
taskmanager.memory.managed.size: ${managed_mb}mb
taskmanager.memory.jvm-metaspace.size: ${metaspace_mb}mb
taskmanager.memory.jvm-overhead.min: ${overhead_mb}mb
taskmanager.memory.jvm-overhead.max: ${overhead_mb}mb
END_OF_CONFIGURATION
  } >"$dir/conf/$(configuration_file)"
}

start_java() { # STATE_DIR MAIN OPTION...
  local state=$1 main=$2 opens
  shift 2
  mapfile -t opens < <(java_opens)
  CLASSPATH="$software/lib/*" FLINK_PLUGINS_DIR=$software/plugins FLINK_LIB_DIR=$software/lib \
    FLINK_CONF_DIR=$dir/conf process_start "$state" java "$@" "${opens[@]}" \
    "-Dlog4j.configurationFile=$here/flink/log4j.properties" "$main" --configDir "$dir/conf"
  echo "$FLINK_VERSION" >"$state/version"
}

ask() {
  python3 "$here/flink/rest_client.py" "$url" "$@"
}

# Takes the lock and lays the folder, for whoever starts a process.
prepare() {
  require_command java "run: ./dev setup"
  require_command python3 "run: ./dev setup"
  install_software
  hold_lock "$dir"
  dir=$(cd "$dir" && pwd)
  write_configuration
}

start_jobmanager() {
  process_id "$dir/jobmanager" >/dev/null && return
  require_free_port "$rest_port" FLINK_REST_PORT
  require_free_port "$rpc_port" FLINK_RPC_PORT
  start_java "$dir/jobmanager" org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint \
    "-Xms${jobmanager_heap_mb}m" "-Xmx${jobmanager_heap_mb}m" "-XX:MaxMetaspaceSize=256m"
}

start_taskmanager() {
  process_id "$dir/taskmanager" >/dev/null && return
  local heap_mb=$((framework_heap_mb + task_heap_mb))
  local direct_mb=$((framework_off_heap_mb + task_off_heap_mb + network_mb))
  start_java "$dir/taskmanager" org.apache.flink.runtime.taskexecutor.TaskManagerRunner \
    "-Xms${heap_mb}m" "-Xmx${heap_mb}m" "-XX:MaxDirectMemorySize=${direct_mb}m" \
    "-XX:MaxMetaspaceSize=${metaspace_mb}m"
}

check_version() {
  local running
  running=$(<"$dir/jobmanager/version")
  [[ $running == "$FLINK_VERSION" ]] ||
    fail "version $running runs on port $rest_port, not $FLINK_VERSION; run: $0 stop"
}

start() {
  prepare
  start_jobmanager
  check_version
  start_taskmanager
  process_wait_ready "$dir/jobmanager" "$start_limit_s" ask ready 0
  process_wait_ready "$dir/taskmanager" "$start_limit_s" ask ready "$slots"
}

end() { # SIGNAL NAME...
  [[ -d $dir ]] || return 0
  hold_lock "$dir"
  local signal=$1 name
  shift
  for name in "$@"; do
    process_end "$dir/$name" "$signal" "$stop_limit_s"
  done
}

status() {
  local name pid running=0
  for name in jobmanager taskmanager; do
    if pid=$(process_id "$dir/$name"); then
      echo "flink: $name runs, process $pid, the log is $dir/$name/log"
      running=$((running + 1))
    else
      echo "flink: $name stopped"
    fi
  done
  ((running > 0)) || return 3
  ask ready "$slots" >&2 || return 1
  echo "flink: version $(<"$dir/jobmanager/version") serves at $url"
}

# A checkpoint is complete once its metadata file is there, which is written last.
newest_checkpoint() { # JOB
  local newest
  newest=$(find "$dir/checkpoints/$1" -path '*/chk-*/_metadata' -printf '%T@ %h\n' 2>/dev/null |
    sort -n | tail -n 1 | cut -d ' ' -f 2-)
  [[ -n $newest ]] || fail "job $1 has no completed checkpoint under $dir/checkpoints"
  echo "file://$newest"
}

case ${1:-}/$# in
  start/1) start ;;
  stop/1) end TERM taskmanager jobmanager ;;
  kill/1) end KILL taskmanager jobmanager ;;
  start-jobmanager/1) prepare && start_jobmanager ;;
  start-taskmanager/1) prepare && start_taskmanager ;;
  kill-jobmanager/1) end KILL jobmanager ;;
  kill-taskmanager/1) end KILL taskmanager ;;
  status/1) status ;;
  logs/1) printf '%s\n' "$dir/jobmanager/log" "$dir/taskmanager/log" ;;
  env/1)
    printf 'export %s\n' "FLINK_REST_URL=$url" "FLINK_CHECKPOINT_DIR=file://$dir/checkpoints"
    ;;
  submit/*) ask "$@" ;;
  jobs/1) ask jobs ;;
  state/2 | exceptions/2 | cancel/2) ask "$1" "$2" ;;
  savepoint/2) ask stop "$2" "file://$dir/savepoints" ;;
  checkpoint/2) newest_checkpoint "$2" ;;
  *) usage ;;
esac
