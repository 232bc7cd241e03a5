#!/usr/bin/env bash
# Runs the services through their lives, on free ports and in a folder of its own; some 20 s.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
CALVE_STATE=$(mktemp -d)
export CALVE_STATE

free_port() {
  python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

KAFKA_PORT=$(free_port)
LOCALSTACK_PORT=$(free_port)
REST_CATALOG_PORT=$(free_port)
GLUE_PORT=$(free_port)
export KAFKA_PORT LOCALSTACK_PORT REST_CATALOG_PORT GLUE_PORT
kafka=$here/kafka.sh
localstack=$here/localstack.sh
rest_catalog=$here/rest_catalog.sh
glue=$here/glue.sh
broker=127.0.0.1:$KAFKA_PORT
endpoint=http://127.0.0.1:$LOCALSTACK_PORT

clean_up() {
  "$kafka" kill
  "$localstack" kill
  "$rest_catalog" kill
  "$glue" kill
  rm -rf "$CALVE_STATE"
}
trap clean_up EXIT

expect() { # WHAT EXPECTED ACTUAL
  if [[ $2 != "$3" ]]; then
    echo "FAILED: $1: expected $2, got $3" >&2
    exit 1
  fi
  echo "ok: $1"
}

code_of() { # COMMAND...
  local code=0
  "$@" >/dev/null 2>&1 || code=$?
  echo "$code"
}

count_events() {
  kcat -b "$broker" -t orders -C -e -q | wc -l
}

glue_call() { # OPERATION BODY
  curl -s --noproxy '*' -o /dev/null -w '%{http_code}\n' -H 'Content-Type: application/x-amz-json-1.1' \
    -H 'Authorization: AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/glue/aws4_request' \
    -H "X-Amz-Target: AWSGlue.$1" -d "$2" "http://127.0.0.1:$GLUE_PORT/"
}

update_table() { # VERSION_ID
  glue_call UpdateTable '{"DatabaseName": "db", "VersionId": "'"$1"'", "TableInput": {"Name": "t"}}'
}

conditional_put() { # KEY
  curl -s --noproxy '*' -o /dev/null -w '%{http_code}\n' -X PUT \
    -H 'If-None-Match: *' -d "$RANDOM" "$endpoint/test/$1"
}

namespaces() {
  curl -s --noproxy '*' "http://127.0.0.1:$REST_CATALOG_PORT/v1/namespaces"
}

expect "status before the first start" 3 "$(code_of "$kafka" status)"
"$kafka" start &
"$kafka" start
wait $!
expect "two starts at once leave one that serves" 0 "$(code_of "$kafka" status)"
"$kafka" topic orders 4
expect "topic again" 0 "$(code_of "$kafka" topic orders 4)"
expect "topic with other partitions" 1 "$(code_of "$kafka" topic orders 3)"
expect "partitions" 4 "$(kcat -b "$broker" -L -t orders | grep -c 'partition [0-9]')"
seq 1000 | kcat -b "$broker" -t orders -P
expect "events" 1000 "$(count_events)"
expect "start on a port that another state holds" 1 \
  "$(CALVE_STATE=$CALVE_STATE/other code_of "$kafka" start)"
"$kafka" stop
expect "status after stop" 3 "$(code_of "$kafka" status)"
"$kafka" start
expect "events after stop" 1000 "$(count_events)"
"$kafka" kill
"$kafka" start
expect "events after kill" 1000 "$(count_events)"

"$kafka" stop
sleep 60 &
bystander=$!
echo "$bystander 1" >"$CALVE_STATE/kafka-$KAFKA_PORT/process"
"$kafka" kill
expect "a process that got the number later lives" 0 "$(code_of kill -0 "$bystander")"
kill "$bystander"

"$localstack" start
"$localstack" bucket test
expect "bucket again" 0 "$(code_of "$localstack" bucket test)"
expect "put of a new key" 200 "$(conditional_put new)"
expect "put of a key that exists" 412 "$(conditional_put new)"
codes=$(for _ in {1..32}; do conditional_put raced & done; wait)
expect "winners of 32 puts of one key" 1 "$(grep -c 200 <<<"$codes")"
expect "losers of 32 puts of one key" 31 "$(grep -c 412 <<<"$codes")"
expect "start of another release on the port" 1 \
  "$(LOCALSTACK_VERSION=3.0.2 code_of "$localstack" start)"
"$localstack" stop
expect "status after stop" 3 "$(code_of "$localstack" status)"

export LOCALSTACK_VERSION=3.0.2
"$localstack" start
"$localstack" bucket test
conditional_put new >/dev/null
expect "3.0.2 overwrites a key that exists" 200 "$(conditional_put new)"

expect "status before the first start" 3 "$(code_of "$rest_catalog" status)"
"$rest_catalog" start
expect "status of one that serves" 0 "$(code_of "$rest_catalog" status)"
curl -s --noproxy '*' -o "$CALVE_STATE/made.json" -H 'Content-Type: application/json' \
  -d '{"namespace":["kept"]}' "http://127.0.0.1:$REST_CATALOG_PORT/v1/namespaces"
"$rest_catalog" kill
expect "status after kill" 3 "$(code_of "$rest_catalog" status)"
"$rest_catalog" start
expect "namespaces after kill" '{"namespaces":[["kept"]],"next-page-token":null}' "$(namespaces)"

expect "status before the first start" 3 "$(code_of "$glue" status)"
"$glue" start
expect "status of one that serves" 0 "$(code_of "$glue" status)"
"$glue" bucket test
expect "bucket again" 0 "$(code_of "$glue" bucket test)"
glue_call CreateDatabase '{"DatabaseInput": {"Name": "db"}}' >/dev/null
glue_call CreateTable '{"DatabaseName": "db", "TableInput": {"Name": "t"}}' >/dev/null
expect "a change of the current version" 200 "$(update_table 1)"
expect "a change of a version that has gone" 400 "$(update_table 1)"
expect "a change of the next version" 200 "$(update_table 2)"
"$glue" stop
expect "status after stop" 3 "$(code_of "$glue" status)"
