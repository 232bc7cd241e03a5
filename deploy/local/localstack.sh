#!/usr/bin/env bash
# One LocalStack with S3 on 127.0.0.1, without a container. Objects live in its memory.
set -euo pipefail

usage() {
  cat >&2 <<'END'
usage: localstack.sh start          start, and wait until S3 serves; no effect if it runs
       localstack.sh stop           end it in order; the objects are gone
       localstack.sh kill           end it with SIGKILL, as a crash would
       localstack.sh status         0: serves, 1: runs but does not answer, 3: stopped
       localstack.sh bucket NAME    create the bucket unless it exists
       localstack.sh env            print what clients need, for eval

LOCALSTACK_PORT     the port (4566)
LOCALSTACK_VERSION  the release, one of deploy/local/localstack/*.txt (3.8.1)
CALVE_STATE         where the instances keep their logs, one folder per port (.calve/services)
CALVE_CACHE         where the software is kept (~/.cache/calve)
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
# shellcheck source=deploy/local/localstack/serve.sh
source "$here/localstack/serve.sh"

root=$(cd "$here/../.." && pwd)
readonly start_limit_s=60
readonly stop_limit_s=30
readonly request_limit_s=10

port=${LOCALSTACK_PORT:-4566}
cache=${CALVE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/calve}
dir=${CALVE_STATE:-$root/.calve/services}/localstack-$port
venv=$cache/localstack-$LOCALSTACK_VERSION
pins=$here/localstack/$LOCALSTACK_VERSION.txt
endpoint=http://127.0.0.1:$port

# The pins were tried on each of these.
find_python() {
  local python
  for python in python3.11 python3.12 python3.13; do
    # A version manager's shim is on the path without its Python.
    "$python" -c '' 2>/dev/null && echo "$python" && return
  done
  fail "LocalStack $LOCALSTACK_VERSION needs CPython 3.11, 3.12 or 3.13; install one with its venv package"
}

request() { # METHOD PATH
  curl -sS --fail-with-body --noproxy '*' --max-time "$request_limit_s" -X "$1" "$endpoint$2"
}

# The server answers before S3 does, so its own word on S3 counts.
serves_s3() {
  request GET /_localstack/health | grep -Eq '"s3": *"(available|running)"'
}

start() {
  require_command curl "run: ./dev setup"
  install_venv "$venv" "$pins" "$(find_python)"
  hold_lock "$dir"
  dir=$(cd "$dir" && pwd)
  if ! process_id "$dir" >/dev/null; then
    require_free_port "$port" LOCALSTACK_PORT
    run_localstack "$venv/bin/python" "127.0.0.1:$port" "$dir/files" process_start "$dir"
    echo "$LOCALSTACK_VERSION" >"$dir/version"
  fi
  local running
  running=$(<"$dir/version")
  [[ $running == "$LOCALSTACK_VERSION" ]] ||
    fail "version $running runs on port $port, not $LOCALSTACK_VERSION; run: $0 stop"
  process_wait_ready "$dir" "$start_limit_s" serves_s3
}

bucket() { # NAME
  process_id "$dir" >/dev/null || fail "no LocalStack on port $port; run: $0 start"
  # In us-east-1 S3 answers 200 to the owner of a bucket that exists.
  local reply
  reply=$(request PUT "/$1") || fail "no bucket $1: $reply"
}

case ${1:-}/$# in
  start/1) start ;;
  stop/1) process_end_alone "$dir" TERM "$stop_limit_s" ;;
  kill/1) process_end_alone "$dir" KILL "$stop_limit_s" ;;
  status/1) process_status "$dir" localstack "$port" serves_s3 ;;
  bucket/2) bucket "$2" ;;
  env/1)
    printf 'export %s\n' "AWS_ENDPOINT_URL=$endpoint" AWS_ACCESS_KEY_ID=test \
      AWS_SECRET_ACCESS_KEY=test AWS_REGION=us-east-1
    ;;
  *) usage ;;
esac
