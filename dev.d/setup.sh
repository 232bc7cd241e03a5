# shellcheck shell=bash
# Installs what is missing: Debian's packages, and under $CALVE_CACHE/deps what Debian lacks.
# ARCHITECTURE.md says why each dependency was chosen.

# What compiles and runs calve.
readonly BUILD_PACKAGES=(
  build-essential cmake ninja-build mold ccache pkg-config python3 python3-pip python3-venv ca-certificates
  libcli11-dev libcpp-httplib-dev libcurl4-openssl-dev libfmt-dev libre2-dev libspdlog-dev
  libssl-dev libyaml-cpp-dev libzstd-dev nlohmann-json3-dev prometheus-cpp-dev zlib1g-dev
  libbenchmark-dev libgmock-dev libgtest-dev
)
# What the tests add: a JVM for Kafka and for Iceberg's own reader.
readonly TEST_PACKAGES=(curl git default-jdk-headless maven kcat)
# What ./dev lint adds.
readonly LINT_PACKAGES=(clang-format-19 clang-tidy-19 shellcheck)
# What `./dev build fuzz` adds: libFuzzer comes with clang alone, in its runtime's package.
readonly FUZZ_PACKAGES=(clang-19 libclang-rt-19-dev)

export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore

readonly PYARROW_VERSION=26.0.1
readonly FASTSIMDJSON_VERSION=0.8.0 # carries simdjson 5.0.2 as two files
readonly FASTSIMDJSON_SHA256=df415e19cec497fc495ead9ee82b9527ff0335dde2fa54eeb6f6a7a60a7b11f6
readonly KAFKA_JAVASCRIPT_VERSION=1.10.1 # carries the source of librdkafka 2.15.1
readonly KAFKA_JAVASCRIPT_SHA256=ada7d703bb1d3237e2292bfabf438d663b6160c9f1ac2a2406b5dc4257c81b66

readonly DUCKDB_VERSION=1.5.5
readonly DUCKDB_NODE_VERSION=1.5.5-r.5
readonly DUCKDB_NODE_SHA256=86d2bda909785550e8a14a57a8a4584827aff0e268d8f1a58c3fd48559f7020e

install_packages() {
  local missing=() package
  for package in "$@"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  command -v apt-get >/dev/null || die "this is no Debian or Ubuntu; install these by hand: ${missing[*]}"
  say "installing ${missing[*]}"
  as_root apt-get update -qq
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

# A folder under deps that is whole or absent: made beside its place and moved in.
lay_dependency() {
  local name=$1 version=$2 make=$3
  local place=$CALVE_CACHE/deps/$name
  [ "$(cat "$place/.version" 2>/dev/null)" != "$version" ] || return 0
  say "fetching $name $version"
  local making
  mkdir -p "$CALVE_CACHE/deps"
  making=$(mktemp -d "$CALVE_CACHE/deps/.$name.XXXXXX")
  "$make" "$making" # a failure ends ./dev here, with the package client's own message above
  echo "$version" >"$making/.version"
  rm -rf "$place"
  mv "$making" "$place"
}

make_arrow() {
  python3 -m pip install -q --no-deps --only-binary :all: --target "$1" \
    "pyarrow==$PYARROW_VERSION"
}

make_simdjson() {
  local fetched=$1/fetched
  mkdir "$fetched"
  python3 -m pip download -q --no-deps --no-binary :all: \
    -d "$fetched" "fastsimdjson==$FASTSIMDJSON_VERSION"
  echo "$FASTSIMDJSON_SHA256  $fetched/fastsimdjson-$FASTSIMDJSON_VERSION.tar.gz" | sha256sum --quiet -c
  tar -xzf "$fetched"/*.tar.gz -C "$1" --strip-components=2 --wildcards '*/vendor/simdjson.*'
  rm -r "$fetched"
}

make_librdkafka() {
  local source=$1/source
  mkdir "$source"
  npm_fetch @confluentinc/kafka-javascript "$KAFKA_JAVASCRIPT_VERSION" "$KAFKA_JAVASCRIPT_SHA256" "$source"
  (
    cd "$source/deps/librdkafka"
    # The thread sanitizer knows no C11 threads: with them, a program under it crashes in its first callback.
    ./configure --disable-gssapi --disable-lz4-ext --disable-c11threads --disable-debug-symbols \
      --CFLAGS="-O2 -fPIC" >configured.txt ||
      die "librdkafka could not be configured: $(tail -5 configured.txt)"
    make -C src -s -j "$(nproc)" librdkafka.a >made.txt 2>&1 || die "librdkafka does not compile: $(tail -5 made.txt)"
  )
  mkdir -p "$1/include/librdkafka" "$1/lib"
  cp "$source"/deps/librdkafka/src/{rdkafka,rdkafka_mock}.h "$1/include/librdkafka/"
  cp "$source/deps/librdkafka/src/librdkafka.a" "$1/lib/"
  cp "$source/deps/librdkafka/LICENSES.txt" "$1/"
  rm -r "$source"
}

make_duckdb() {
  local fetched=$1/fetched
  mkdir "$fetched"
  npm_fetch @duckdb/node-bindings-linux-x64 "$DUCKDB_NODE_VERSION" "$DUCKDB_NODE_SHA256" "$fetched"
  mv "$fetched/libduckdb.so" "$fetched/LICENSE" "$1/"
  python3 -m pip install -q --no-deps --only-binary :all: --target "$fetched/wheels" \
    "duckdb-extension-avro==$DUCKDB_VERSION" "duckdb-extension-iceberg==$DUCKDB_VERSION" \
    "duckdb-extension-httpfs==$DUCKDB_VERSION"
  find "$fetched/wheels" -name '*.duckdb_extension' -exec mv {} "$1/" \;
  rm -r "$fetched"
}

# What `calve sql` loads when it is first asked.
dev_setup_sql() {
  lay_dependency duckdb "$DUCKDB_VERSION" make_duckdb
}

dev_setup() {
  install_packages "${BUILD_PACKAGES[@]}"
  lay_dependency arrow "$PYARROW_VERSION" make_arrow
  lay_dependency simdjson "$FASTSIMDJSON_VERSION" make_simdjson
  lay_dependency librdkafka "$KAFKA_JAVASCRIPT_VERSION-pthreads" make_librdkafka
}
