#!/usr/bin/env bash
# moto's server on 127.0.0.1, without a container: Glue and S3 behind one port. Both live in its memory.
set -euo pipefail

usage() {
  cat >&2 <<'END'
usage: glue.sh start          start, and wait until it serves; no effect if it runs
       glue.sh stop           end it in order; tables and objects are gone
       glue.sh kill           end it with SIGKILL, as a crash would
       glue.sh status         0: serves, 1: runs but does not answer, 3: stopped
       glue.sh bucket NAME    create the bucket unless it exists
       glue.sh env            print what clients need, for eval

GLUE_PORT     the port (5155)
MOTO_VERSION  the release, one of deploy/local/moto/*.txt (5.2.5)
CALVE_STATE   where the instances keep their logs, one folder per port (.calve/services)
CALVE_CACHE   where the software is kept (~/.cache/calve)
END
  exit 2
}

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=deploy/local/process.sh
source "$here/process.sh"
# shellcheck source=deploy/local/versions.env
source "$here/versions.env"

root=$(cd "$here/../.." && pwd)
readonly start_limit_s=60
readonly stop_limit_s=30
readonly request_limit_s=10

port=${GLUE_PORT:-5155}
cache=${CALVE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/calve}
dir=${CALVE_STATE:-$root/.calve/services}/glue-$port
venv=$cache/moto-$MOTO_VERSION
pins=$here/moto/$MOTO_VERSION.txt
endpoint=http://127.0.0.1:$port

# The mark is written last, so an interrupted install is done again.
install_venv() {
  [[ -f $venv/complete ]] && return
  [[ -f $pins ]] || fail "no pins for moto $MOTO_VERSION; add $pins"
  require_command python3 "run: ./dev setup"
  echo "installing moto $MOTO_VERSION to $venv" >&2
  (
    hold_lock "$cache"
    [[ -f $venv/complete ]] && exit
    python3 -m venv --clear "$venv" >&2 || fail "python3 has no venv module; run: ./dev setup"
    "$venv/bin/pip" install -q --disable-pip-version-check --no-deps -r "$pins" >&2
    touch "$venv/complete"
  )
}

request() { # METHOD PATH
  curl -sS --fail-with-body --noproxy '*' --max-time "$request_limit_s" -X "$1" "$endpoint$2"
}

serves() {
  request GET /moto-api/ | grep -q moto
}

start() {
  require_command curl "run: ./dev setup"
  install_venv
  hold_lock "$dir"
  dir=$(cd "$dir" && pwd)
  if ! process_id "$dir" >/dev/null; then
    require_free_port "$port" GLUE_PORT
    process_start "$dir" "$venv/bin/python" "$here/moto/serve.py" 127.0.0.1 "$port"
  fi
  process_wait_ready "$dir" "$start_limit_s" serves
}

end() { # SIGNAL
  [[ -d $dir ]] || return 0
  hold_lock "$dir"
  process_end "$dir" "$1" "$stop_limit_s"
}

status() {
  local pid
  if ! pid=$(process_id "$dir"); then
    echo "glue: stopped, port $port"
    return 3
  fi
  if ! serves 2>/dev/null; then
    echo "glue: process $pid does not answer on port $port; the log is $dir/log"
    return 1
  fi
  echo "glue: moto $MOTO_VERSION serves Glue and S3 on port $port since $(process_since "$dir"), process $pid, state in $dir"
}

bucket() { # NAME
  process_id "$dir" >/dev/null || fail "no moto on port $port; run: $0 start"
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
    printf 'export %s\n' ICEBERG_CATALOG_TYPE=glue "AWS_ENDPOINT_URL=$endpoint" AWS_ACCESS_KEY_ID=test \
      AWS_SECRET_ACCESS_KEY=test AWS_REGION=us-east-1
    ;;
  *) usage ;;
esac
