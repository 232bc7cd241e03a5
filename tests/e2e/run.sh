#!/usr/bin/env bash
# The end-to-end tests. They need a release build of calve (CALVE_BIN, or build/release/bin/calve), and root:
# they install podman where there is no container engine, and build the images.
#   tests/e2e/run.sh [PYTEST ARGUMENT ...]
#
# E2E_CONTAINERS=off leaves the containers out on a machine that cannot run any, and says so.
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

selection=("$here")
if [ "${E2E_CONTAINERS:-on}" = off ]; then
  selection=("$here/test_processes.py" "$here/test_tutorial.py")
  leave_out_notice() {
    printf '\n*** NOT TESTED: the containers were left out (E2E_CONTAINERS=off) ***\n' >&2
  }
  trap leave_out_notice EXIT
fi
"$venv/bin/python" -m pytest -p no:cacheprovider -q --tb=short "${selection[@]}" "$@"
