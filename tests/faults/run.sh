#!/usr/bin/env bash
# The fault tests. They need build/dev/bin/calve (or CALVE_BIN), and start Kafka and LocalStack themselves.
#   tests/faults/run.sh [PYTEST ARGUMENT ...]
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=${CALVE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/calve}
venv=$cache/fault-tests-$(cat "$here/requirements.txt" "$here/../interop/judges/python/requirements.txt" | sha256sum | cut -c1-12)
if [ ! -x "$venv/bin/pytest" ]; then
  rm -rf "$venv"
  python3 -m venv "$venv"
  "$venv/bin/pip" --disable-pip-version-check install -q -r "$here/requirements.txt"
fi
exec "$venv/bin/python" -m pytest -p no:cacheprovider -q --tb=short "$here" "$@"
