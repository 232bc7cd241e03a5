#!/usr/bin/env bash
# What a move to the cloud rests on, tried against others' stand-ins for it. The tests need
# build/dev/bin/calve (or CALVE_BIN), and start Kafka, Glue, S3 and a REST catalog themselves.
#   tests/cloud/run.sh [PYTEST ARGUMENT ...]
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=${CALVE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/calve}
pins=$(cat "$here/requirements.txt" "$here/../faults/requirements.txt" "$here/../interop/judges/python/requirements.txt" |
  sha256sum | cut -c1-12)
venv=$cache/cloud-tests-$pins
if [ ! -x "$venv/bin/pytest" ]; then
  rm -rf "$venv"
  python3 -m venv "$venv"
  "$venv/bin/pip" --disable-pip-version-check install -q -r "$here/requirements.txt"
fi
exec "$venv/bin/python" -m pytest -p no:cacheprovider -q --tb=short "$here" "$@"
