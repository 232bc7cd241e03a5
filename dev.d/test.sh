# shellcheck shell=bash
# Every test. Services are started and stopped by the tests that need them.

dev_test() {
  dev_setup
  dev_setup_sql
  install_packages "${TEST_PACKAGES[@]}"
  dev_build dev
  say "includes against the direction of the folders"
  python3 dev.d/check_includes.py
  say "unit, contract and codec tests, with a real broker and a real S3"
  test_with_services test_folders
  say "other people's readers as judges of each other"
  tests/interop/judges/python/python -m unittest -q tests/interop/test_judges.py
  say "exactly once, tried for real"
  CALVE_BIN=$PWD/build/dev/bin/calve tests/faults/run.sh
}

# Tests that need a broker are registered when one is named at configuration.
test_folders() {
  cmake --preset dev >/dev/null
  cmake --build build/dev -- --quiet
  ctest --preset dev -j "$(nproc)" --no-tests=error
}

# Runs a command with Kafka and LocalStack at hand, on ports and in a folder of its own.
test_with_services() {
  (
    CALVE_STATE=$(mktemp -d)
    export CALVE_STATE KAFKA_PORT=19092 LOCALSTACK_PORT=14566
    trap 'deploy/local/kafka.sh stop >&2; deploy/local/localstack.sh stop >&2; rm -rf "$CALVE_STATE"' EXIT
    deploy/local/kafka.sh start >&2
    deploy/local/localstack.sh start >&2
    deploy/local/localstack.sh bucket calve-test >&2
    export CALVE_TEST_KAFKA=127.0.0.1:$KAFKA_PORT CALVE_TEST_S3_ENDPOINT=http://127.0.0.1:$LOCALSTACK_PORT
    "$@"
  )
}
