#!/usr/bin/env bash
# Iceberg's own REST catalog server, the one its tests use, without a container. Its catalog is a SQLite
# file. It asks nobody who he is and listens on every address: a server for tests.
set -euo pipefail

usage() {
  cat >&2 <<'END'
usage: rest_catalog.sh start     start, and wait until it serves; no effect if it runs
       rest_catalog.sh stop      end it in order; the tables stay
       rest_catalog.sh kill      end it with SIGKILL, as a crash would; the tables stay
       rest_catalog.sh status    0: serves, 1: runs but does not answer, 3: stopped
       rest_catalog.sh env       print what clients need, for eval

REST_CATALOG_PORT       the port (8181)
REST_CATALOG_WAREHOUSE  where new tables lie, a folder or s3://BUCKET/PREFIX (a folder beside the log)
REST_CATALOG_HEAP_MB    the JVM's heap limit (256)
AWS_ENDPOINT_URL_S3     the S3 server of such a warehouse (http://127.0.0.1:4566); its keys are
                        AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (test), and the server lends them out
CALVE_STATE             where the instances keep catalog and log, one folder per port (.calve/services)
CALVE_CACHE             where the software is kept (~/.cache/calve)
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

port=${REST_CATALOG_PORT:-8181}
heap_mb=${REST_CATALOG_HEAP_MB:-256}
cache=${CALVE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/calve}
dir=${CALVE_STATE:-$root/.calve/services}/rest-catalog-$port
jars=$cache/rest-catalog-$ICEBERG_VERSION
url=http://127.0.0.1:$port

fetch_catalog() { # FOLDER
  mvn -q -B --strict-checksums -f "$here/rest_catalog/pom.xml" dependency:copy-dependencies \
    -DincludeScope=runtime -DoutputDirectory="$1" -Diceberg.version="$ICEBERG_VERSION" \
    -Djetty.version="$JETTY_VERSION" -Dsqlite.version="$SQLITE_VERSION" \
    -Dhadoop.version="$HADOOP_VERSION" -Dslf4j.version="$REST_CATALOG_SLF4J_VERSION"
}

# The server takes each CATALOG_A__B_C of its environment as the catalog's property a-b.c. Over more than
# one connection its SQLite statements lock each other out.
run_server() {
  local warehouse=${REST_CATALOG_WAREHOUSE:-$dir/warehouse} storage=()
  if [[ $warehouse == s3://* ]]; then
    storage=(
      CATALOG_IO__IMPL=org.apache.iceberg.aws.s3.S3FileIO
      "CATALOG_S3_ENDPOINT=${AWS_ENDPOINT_URL_S3:-http://127.0.0.1:4566}"
      CATALOG_S3_PATH__STYLE__ACCESS=true
      "CATALOG_S3_ACCESS__KEY__ID=${AWS_ACCESS_KEY_ID:-test}"
      "CATALOG_S3_SECRET__ACCESS__KEY=${AWS_SECRET_ACCESS_KEY:-test}"
      "CATALOG_CLIENT_REGION=${AWS_REGION:-us-east-1}"
      CATALOG_INCLUDE__CREDENTIALS=true
    )
  fi
  CLASSPATH="$jars/*" process_start "$dir" env "CATALOG_REST_PORT=$port" \
    "CATALOG_WAREHOUSE=$warehouse" "CATALOG_URI=jdbc:sqlite:$dir/catalog.db" \
    CATALOG_CLIENTS=1 "${storage[@]}" \
    java "-Xmx${heap_mb}m" org.apache.iceberg.rest.RESTCatalogServer
}

serves() {
  curl -sS --fail --noproxy '*' --max-time "$request_limit_s" -o "$dir/config.json" "$url/v1/config"
}

start() {
  require_command java "run: ./dev setup"
  require_command curl "run: ./dev setup"
  require_command mvn "run: ./dev setup"
  install_once "$jars" fetch_catalog
  hold_lock "$dir"
  dir=$(cd "$dir" && pwd)
  if ! process_id "$dir" >/dev/null; then
    require_free_port "$port" REST_CATALOG_PORT
    run_server
  fi
  process_wait_ready "$dir" "$start_limit_s" serves
}

case ${1:-}/$# in
  start/1) start ;;
  stop/1) process_end_alone "$dir" TERM "$stop_limit_s" ;;
  kill/1) process_end_alone "$dir" KILL "$stop_limit_s" ;;
  status/1) process_status "$dir" rest_catalog "$port" serves ;;
  env/1) printf 'export %s\n' ICEBERG_CATALOG_TYPE=rest "ICEBERG_CATALOG_URI=$url" ;;
  *) usage ;;
esac
