#!/usr/bin/env bash
# Measures Calve's Flink job beside stock Flink SQL on the same topic; see compare.py.
# Needs build/release/bin/calve (or CALVE_BIN) and build/flink/calve-flink-1.18.jar (or CALVE_FLINK_JAR).
#   bench/flink/run.sh [--events N]
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$here/../..
cache=${CALVE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/calve}
jars=$cache/bench-flink-sql
if [[ ! -d $jars ]]; then
  mvn -q -B --strict-checksums -f "$here/peer_pom.xml" \
    org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies \
    -DincludeScope=runtime -DoutputDirectory="$jars.part" >&2
  mv "$jars.part" "$jars"
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export CALVE_STATE=$folder/services KAFKA_PORT=${KAFKA_PORT:-29092} FLINK_REST_PORT=${FLINK_REST_PORT:-28081}
export FLINK_RPC_PORT=${FLINK_RPC_PORT:-26123} FLINK_VERSION=1.18.1
"$here/compare.py" --calve "${CALVE_BIN:-$root/build/release/bin/calve}" \
  --jar "${CALVE_FLINK_JAR:-$root/build/flink/calve-flink-1.18.jar}" --flink "$cache/flink-1.18.1" \
  --peer-jars "$jars" --folder "$folder" "$@"
