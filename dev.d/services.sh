# shellcheck shell=bash
# The local platform, in containers or as processes of this machine: same parts, same ports, and one of
# the two at a time. Which one is up, and on which ports, stands in a file beside the services' folders.

readonly PLATFORM_STATE=${CALVE_STATE:-.calve/services}/platform
readonly PLATFORM_PARTS=(kafka localstack flink)

platform_usage() {
  cat >&2 <<'USAGE'
usage: ./dev up [--containers | --processes] [PART ...]

PART is kafka, localstack or flink (all three unless named); in containers also producer and engine.
Without a flag: as DEV_PLATFORM says; else in containers if Docker with Compose, or podman, answers;
else as processes.
The ports are KAFKA_PORT (9092), LOCALSTACK_PORT (4566) and FLINK_PORT (8081).
deploy/images/README.md lists what else can be set.
USAGE
  return 2
}

# Exported for Compose and the scripts of deploy/local, by the commands about the platform alone: calve
# would take them for its own settings.
platform_settings() {
  export KAFKA_PORT=${KAFKA_PORT:-9092} LOCALSTACK_PORT=${LOCALSTACK_PORT:-4566} FLINK_PORT=${FLINK_PORT:-8081}
  export KAFKA_TOPIC=${KAFKA_TOPIC:-orders.created.v1} TOPIC_PARTITIONS=${TOPIC_PARTITIONS:-4}
  export S3_BUCKET=${S3_BUCKET:-lake}
  export ICEBERG_WAREHOUSE=${ICEBERG_WAREHOUSE:-s3://$S3_BUCKET/warehouse}
}

dev_up() {
  platform_settings
  local mode='' parts=()
  while [ $# -gt 0 ]; do
    case $1 in
      --containers) mode=containers ;;
      --processes) mode=processes ;;
      kafka | localstack | flink | producer | engine) parts+=("$1") ;;
      *) platform_usage ;;
    esac
    shift
  done
  [ ${#parts[@]} -gt 0 ] || parts=("${PLATFORM_PARTS[@]}")

  local running
  running=$(platform_mode)
  [ -n "$mode" ] || mode=${running:-$(platform_default_mode)}
  [ -z "$running" ] || [ "$running" = "$mode" ] || die "the platform is up as $running; first run: ./dev down"

  dev_calve
  mkdir -p "$(dirname "$PLATFORM_STATE")"
  platform_remember "$mode"
  "up_$mode" "${parts[@]}"
  dev_status
  say "for calve in this shell: eval \"\$(./dev env)\""
}

# Ends what `./dev up` started; volumes and folders with the data stay, unless --data is given.
dev_down() {
  platform_settings
  local mode
  mode=$(platform_mode)
  [ -n "$mode" ] || { say "nothing is up"; return; }
  platform_recall
  "down_$mode" "$@"
  rm -f "$PLATFORM_STATE"
}

dev_status() {
  platform_settings
  local mode
  mode=$(platform_mode)
  [ -n "$mode" ] || { echo "down; start it with ./dev up"; return; }
  platform_recall
  "status_$mode"
}

dev_logs() {
  platform_settings
  local mode
  mode=$(platform_mode)
  [ -n "$mode" ] || die "nothing is up; start it with ./dev up"
  platform_recall
  "logs_$mode" "$@"
}

# What a shell needs to reach the platform, for eval.
dev_env() {
  platform_settings
  platform_recall
  echo "export PATH=$(cd "$(dirname "$(calve_program)")" && pwd):\$PATH"
  printf 'export %s\n' "KAFKA_BOOTSTRAP_SERVERS=localhost:$KAFKA_PORT" "KAFKA_TOPIC=$KAFKA_TOPIC" \
    "AWS_ENDPOINT_URL=http://localhost:$LOCALSTACK_PORT" AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test \
    AWS_REGION=us-east-1 "ICEBERG_WAREHOUSE=$ICEBERG_WAREHOUSE" "FLINK_REST_URL=http://localhost:$FLINK_PORT"
}

calve_program() {
  echo "${CALVE_BIN:-build/release/bin/calve}"
}

# CALVE_BIN names one that is built already.
dev_calve() {
  [ -z "${CALVE_BIN:-}" ] || return 0
  dev_setup
  dev_setup_sql
  say "compiling (some minutes the first time)"
  cmake --preset release >/dev/null
  cmake --build build/release --target calve -- --quiet >&2
}

# The mode and the ports, so that down, status, logs and env need not be told them again.
platform_remember() { # MODE
  printf '%s\n' "$1" "$KAFKA_PORT" "$LOCALSTACK_PORT" "$FLINK_PORT" >"$PLATFORM_STATE"
}

platform_recall() {
  [ -f "$PLATFORM_STATE" ] || return 0
  { read -r _ && read -r KAFKA_PORT && read -r LOCALSTACK_PORT && read -r FLINK_PORT; } <"$PLATFORM_STATE"
}

platform_mode() {
  [ ! -f "$PLATFORM_STATE" ] || head -n 1 "$PLATFORM_STATE"
}

platform_default_mode() {
  if [ -n "${DEV_PLATFORM:-}" ]; then
    echo "$DEV_PLATFORM"
  elif find_container_engine >/dev/null; then
    echo containers
  else
    echo processes
  fi
}
