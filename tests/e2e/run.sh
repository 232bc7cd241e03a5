#!/usr/bin/env bash
# The end-to-end tests. They need a release build of calve (CALVE_BIN, or build/release/bin/calve). Those in
# containers need root besides: they install podman where there is no container engine, and build the images.
#   tests/e2e/run.sh [containers | processes] [PYTEST ARGUMENT ...]
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=${CALVE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/calve}
pins=$(cat "$here/requirements.txt" "$here/../faults/requirements.txt" "$here/../interop/judges/python/requirements.txt" |
  sha256sum | cut -c1-12)
venv=$cache/e2e-tests-$pins
if [ ! -x "$venv/bin/pytest" ]; then
  rm -rf "$venv"
  python3 -m venv "$venv"
  "$venv/bin/pip" --disable-pip-version-check install -q -r "$here/requirements.txt"
fi

as_processes=("$here/test_processes.py" "$here/test_tutorial.py")
case ${1:-} in
  processes) selection=("${as_processes[@]}") ;;
  containers) selection=("$here" "${as_processes[@]/#/--ignore=}") ;;
  *) selection=("$here") ;;
esac
case ${1:-} in processes | containers) shift ;; esac
exec "$venv/bin/python" -m pytest -p no:cacheprovider -q --tb=short "${selection[@]}" "$@"
