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

# The venv is made in place, for its scripts name their own folder; the mark is
# written last, so an interrupted install is done again.
install_venv() {
  [[ -f $venv/complete ]] && return
  [[ -f $pins ]] || fail "no pins for LocalStack $LOCALSTACK_VERSION; add $pins"
  local python
  python=$(find_python)
  echo "installing LocalStack $LOCALSTACK_VERSION to $venv" >&2
  (
    hold_lock "$cache"
    [[ -f $venv/complete ]] && exit
    "$python" -m venv --clear "$venv" >&2 || fail "$python has no venv module; run: ./dev setup"
    "$venv/bin/pip" install -q --disable-pip-version-check --no-deps -r "$pins" >&2
    touch "$venv/complete"
  )
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
  install_venv
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

end() { # SIGNAL
  [[ -d $dir ]] || return 0
  hold_lock "$dir"
  process_end "$dir" "$1" "$stop_limit_s"
}

status() {
  local pid
  if ! pid=$(process_id "$dir"); then
    echo "localstack: stopped, port $port"
    return 3
  fi
  if ! serves_s3 2>/dev/null; then
    echo "localstack: process $pid does not answer on port $port; the log is $dir/log"
    return 1
  fi
  echo "localstack: version $(<"$dir/version") serves S3 on port $port since $(process_since "$dir"), process $pid, state in $dir"
}

bucket() { # NAME
  process_id "$dir" >/dev/null || fail "no LocalStack on port $port; run: $0 start"
  # In us-east-1 S3 answers 200 to the owner of a bucket that exists.
  local reply
  reply=$(request PUT "/$1") || fail "no bucket $1: $reply"
}

case ${1:-}/$# in
  start/1) start ;;
  stop/1) end TERM ;;
  kill/1) end KILL ;;
  status/1) status ;;
  bucket/2) bucket "$2" ;;
  env/1)
    printf 'export %s\n' "AWS_ENDPOINT_URL=$endpoint" AWS_ACCESS_KEY_ID=test \
      AWS_SECRET_ACCESS_KEY=test AWS_REGION=us-east-1
    ;;
  *) usage ;;
esac
