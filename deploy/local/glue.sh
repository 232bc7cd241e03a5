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
# shellcheck source=deploy/local/software.sh
source "$here/software.sh"
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

request() { # METHOD PATH
  curl -sS --fail-with-body --noproxy '*' --max-time "$request_limit_s" -X "$1" "$endpoint$2"
}

serves() {
  request GET /moto-api/ | grep -q moto
}

start() {
  require_command curl "run: ./dev setup"
  install_venv "$venv" "$pins" python3
  hold_lock "$dir"
  dir=$(cd "$dir" && pwd)
  if ! process_id "$dir" >/dev/null; then
    require_free_port "$port" GLUE_PORT
    process_start "$dir" "$venv/bin/python" "$here/moto/serve.py" 127.0.0.1 "$port"
  fi
  process_wait_ready "$dir" "$start_limit_s" serves
}

bucket() { # NAME
  process_id "$dir" >/dev/null || fail "no moto on port $port; run: $0 start"
  # In us-east-1 S3 answers 200 to the owner of a bucket that exists.
  local reply
  reply=$(request PUT "/$1") || fail "no bucket $1: $reply"
}

case ${1:-}/$# in
  start/1) start ;;
  stop/1) process_end_alone "$dir" TERM "$stop_limit_s" ;;
  kill/1) process_end_alone "$dir" KILL "$stop_limit_s" ;;
  status/1) process_status "$dir" glue "$port" serves ;;
  bucket/2) bucket "$2" ;;
  env/1)
    printf 'export %s\n' ICEBERG_CATALOG_TYPE=glue "AWS_ENDPOINT_URL=$endpoint" AWS_ACCESS_KEY_ID=test \
      AWS_SECRET_ACCESS_KEY=test AWS_REGION=us-east-1
    ;;
  *) usage ;;
esac
