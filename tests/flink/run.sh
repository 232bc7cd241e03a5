#!/usr/bin/env bash
# The job inside a real Flink cluster, with real Kafka and S3; all are started and stopped here.
# Needs build/dev/bin/calve (or CALVE_BIN) and build/flink/calve-flink-1.18.jar (or CALVE_FLINK_JAR).
#   tests/flink/run.sh [PYTEST ARGUMENT ...]
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
faults=$here/../faults
cache=${CALVE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/calve}
# The fault tests' environment serves these too.
venv=$cache/fault-tests-$(cat "$faults/requirements.txt" "$here/../interop/judges/python/requirements.txt" | sha256sum | cut -c1-12)
if [ ! -x "$venv/bin/pytest" ]; then
  rm -rf "$venv"
  python3 -m venv "$venv"
  "$venv/bin/pip" --disable-pip-version-check install -q -r "$faults/requirements.txt"
fi
exec "$venv/bin/python" -m pytest -p no:cacheprovider -q --tb=short "$here" "$@"
