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
FLINK_PROPERTIES more lines of Flink's configuration
CALVE_CRASH_AT   where a TaskManager that is started now shall die (src/calve/base/crash_point.h)
FLINK_VERSION    one of those in deploy/local/flink/archives.sha256 (1.18.1)
CALVE_STATE      where the instances keep logs and checkpoints, one folder per port (.calve/services)
CALVE_CACHE      where the software is kept (~/.cache/calve)
END_OF_USAGE
  exit 2
}

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=deploy/local/process.sh
source "$here/process.sh"
# shellcheck source=deploy/local/software.sh
source "$here/software.sh"
# shellcheck source=deploy/local/versions.env
source "$here/versions.env"
# shellcheck source=deploy/local/flink/cluster.sh
source "$here/flink/cluster.sh"

root=$(cd "$here/../.." && pwd)
readonly start_limit_s=90
readonly stop_limit_s=30

rest_port=${FLINK_REST_PORT:-8081}
rpc_port=${FLINK_RPC_PORT:-6123}
slots=${FLINK_SLOTS:-2}
cache=${CALVE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/calve}
dir=${CALVE_STATE:-$root/.calve/services}/flink-$rest_port
software=$cache/flink-$FLINK_VERSION
crash_at=${CALVE_CRASH_AT:-}
unset "${!CALVE_@}" # the scripts' own; a job takes CALVE_* of the JobManager as its settings
url=http://127.0.0.1:$rest_port

write_configuration() {
  mkdir -p "$dir/conf" "$dir/tmp" "$dir/checkpoints" "$dir/upload" "$dir/jobmanager" "$dir/taskmanager"
  {
    cluster_configuration "$slots"
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
$(checkpoint_folder_key): file://$dir/checkpoints
${FLINK_PROPERTIES:-}
END_OF_CONFIGURATION
  } >"$dir/conf/$(configuration_file)"
}

ask() {
  python3 "$here/flink/rest_client.py" "$url" "$@"
}

# Takes the lock and lays the folder, for whoever starts a process.
prepare() {
  require_command java "run: ./dev setup"
  require_command python3 "run: ./dev setup"
  install_once "$software" fetch_flink
  hold_lock "$dir"
  dir=$(cd "$dir" && pwd)
  write_configuration
}

start_jobmanager() {
  process_id "$dir/jobmanager" >/dev/null && return
  require_free_port "$rest_port" FLINK_REST_PORT
  require_free_port "$rpc_port" FLINK_RPC_PORT
  run_jobmanager "$software" "$dir/conf" process_start "$dir/jobmanager"
  echo "$FLINK_VERSION" >"$dir/jobmanager/version"
}

start_taskmanager() {
  process_id "$dir/taskmanager" >/dev/null && return
  [[ -z $crash_at ]] || export CALVE_CRASH_AT=$crash_at
  run_taskmanager "$software" "$dir/conf" process_start "$dir/taskmanager"
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
      echo "flink: $name runs since $(process_since "$dir/$name"), process $pid, the log is $dir/$name/log"
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
