# shellcheck shell=bash
# The tests. Services are started and stopped by the tests that need them.

# What `./dev test` runs, what takes a cluster or containers on top, and what a change of threads or of memory
# asks for by name: the part `folders` compiled with a sanitizer.
readonly TEST_PARTS=(includes folders judges faults cloud processes)
readonly TEST_PARTS_LONG=(flink containers)
readonly TEST_PARTS_SANITIZED=(asan tsan)

dev_test() {
  local parts=("$@") part
  case ${1:-} in
    '') parts=("${TEST_PARTS[@]}") ;;
    all) parts=("${TEST_PARTS[@]}" "${TEST_PARTS_LONG[@]}") ;;
  esac
  for part in "${parts[@]}"; do
    case " ${TEST_PARTS[*]} ${TEST_PARTS_LONG[*]} ${TEST_PARTS_SANITIZED[*]} " in
      *" $part "*) ;;
      *) die "usage: ./dev test [all | PART ...]; PART is ${TEST_PARTS[*]} ${TEST_PARTS_LONG[*]} ${TEST_PARTS_SANITIZED[*]}" ;;
    esac
  done
  dev_setup
  dev_setup_sql
  install_packages "${TEST_PACKAGES[@]}"
  for part in "${parts[@]}"; do
    "test_$part"
  done
  [ $# -gt 0 ] || say "not run: ${TEST_PARTS_LONG[*]}; ./dev test all runs them too"
}

test_includes() {
  say "includes against the direction of the folders"
  python3 dev.d/check_includes.py
}

test_folders() {
  dev_build dev
  say "unit, contract and codec tests, with a real broker, a real S3 and real catalogs"
  test_with_services test_folders_run dev
}

test_asan() {
  say "the tests of the folders under the address and undefined-behaviour sanitizers"
  test_with_services test_folders_run asan
}

test_tsan() {
  say "the tests of the folders under the thread sanitizer"
  test_with_services test_folders_run tsan
}

test_judges() {
  say "other people's readers as judges of each other"
  tests/interop/judges/python/python -m unittest -q tests/interop/test_judges.py
}

test_faults() {
  dev_build dev
  say "exactly once, tried for real"
  CALVE_BIN=$PWD/build/dev/bin/calve tests/faults/run.sh
}

test_cloud() {
  dev_build dev
  say "what a move to the cloud rests on"
  CALVE_BIN=$PWD/build/dev/bin/calve tests/cloud/run.sh
}

test_flink() {
  dev_build dev
  flink_jar 1.18
  say "the job inside a real Flink cluster"
  CALVE_BIN=$PWD/build/dev/bin/calve tests/flink/run.sh
}

test_processes() {
  dev_build dev
  say "the whole platform as processes, and the tutorial word by word"
  CALVE_BIN=$PWD/build/dev/bin/calve tests/e2e/run.sh processes
}

test_containers() {
  dev_calve
  say "the whole platform in containers"
  CALVE_BIN=$PWD/build/release/bin/calve tests/e2e/run.sh containers
}

# Tests that need a broker or a catalog are registered when one is named at configuration.
test_folders_run() { # PRESET
  cmake --preset "$1" >/dev/null
  cmake --build "build/$1" -- --quiet
  ctest --preset "$1" -j "$(nproc)" --no-tests=error
}

# Runs a command with Kafka, LocalStack, Glue and two REST catalogs at hand, one over a folder and one over
# S3, on ports and in a folder of its own.
test_with_services() {
  (
    CALVE_STATE=$(mktemp -d)
    export CALVE_STATE KAFKA_PORT=19092 LOCALSTACK_PORT=14566 GLUE_PORT=15155
    trap 'test_services_stop >&2; rm -rf "$CALVE_STATE"' EXIT
    deploy/local/kafka.sh start >&2
    deploy/local/localstack.sh start >&2
    deploy/local/localstack.sh bucket calve-test >&2
    export CALVE_TEST_KAFKA=127.0.0.1:$KAFKA_PORT CALVE_TEST_S3_ENDPOINT=http://127.0.0.1:$LOCALSTACK_PORT
    REST_CATALOG_PORT=18181 deploy/local/rest_catalog.sh start >&2
    REST_CATALOG_PORT=18182 REST_CATALOG_WAREHOUSE=s3://calve-test/rest \
      AWS_ENDPOINT_URL_S3=$CALVE_TEST_S3_ENDPOINT deploy/local/rest_catalog.sh start >&2
    export CALVE_TEST_REST=http://127.0.0.1:18181,http://127.0.0.1:18182
    deploy/local/glue.sh start >&2
    export CALVE_TEST_GLUE=http://127.0.0.1:$GLUE_PORT
    "$@"
  )
}

test_services_stop() {
  deploy/local/glue.sh stop
  REST_CATALOG_PORT=18181 deploy/local/rest_catalog.sh stop
  REST_CATALOG_PORT=18182 deploy/local/rest_catalog.sh stop
  deploy/local/kafka.sh stop
  deploy/local/localstack.sh stop
}
