# shellcheck shell=bash
# What Calve costs: beside its peers on one topic, how fresh its table is, and stage by stage.

# Of the benchmark's own, so that a platform that is up is left alone.
readonly BENCH_KAFKA_PORT=9292 BENCH_LOCALSTACK_PORT=5066

bench_usage() {
  cat >&2 <<'USAGE'
usage: ./dev bench [--events N] [--compression lz4|zstd|none] [--repeat N] [--systems A,B] [--name NAME]
                             Calve beside its peers on one topic; the result is bench/results/DATE-NAME.json
       ./dev bench freshness [--rates N,N] [--seconds N] [--stores folder,localstack] [--name NAME]
                             how old an event is when a reader can first see it
       ./dev bench growth [--events N] [--name NAME]
                             what an event and a commit cost as events, days and the table grow
       ./dev bench stages    the stages' own benchmarks, beside their code
USAGE
  return 2
}

dev_bench() {
  case ${1:-} in
    stages) bench_stages ;;
    growth) bench_growth "${@:2}" ;;
    freshness) bench_freshness "${@:2}" ;;
    "" | --*) bench_peers "$@" ;;
    *) bench_usage ;;
  esac
}

bench_stages() {
  dev_setup
  cmake --preset release >/dev/null
  local benches
  benches=$(git ls-files 'src/*_bench.cc' | xargs -n1 basename | sed 's/\.cc$//')
  # shellcheck disable=SC2086 # a list of targets
  cmake --build build/release --target $benches -- --quiet
  local bench
  for bench in $benches; do
    say "$bench"
    find build/release -name "$bench" -type f -perm -u+x -exec {} \;
  done
}

# An interpreter with what bench/ imports, in an environment of its own.
bench_python() {
  local pins environment
  pins=$(cat bench/requirements.txt tests/interop/judges/python/requirements.txt | sha256sum | cut -c1-12)
  environment=$CALVE_CACHE/bench-$pins
  if [ ! -f "$environment/ready" ]; then
    say "installing what bench/ imports"
    python3 -m venv "$environment"
    "$environment/bin/pip" install -q -r bench/requirements.txt >&2
    touch "$environment/ready"
  fi
  "$environment/bin/python" "$@"
}

bench_build() {
  dev_setup
  install_packages "${TEST_PACKAGES[@]}"
  cmake --preset release >/dev/null
  cmake --build build/release --target calve consume_limit -- --quiet
}

# Runs a script of bench/ with the programs and ports that it needs.
bench_run() { # SCRIPT ARG...
  KAFKA_PORT=$BENCH_KAFKA_PORT LOCALSTACK_PORT=$BENCH_LOCALSTACK_PORT CALVE_BIN=$PWD/build/release/bin/calve \
    BENCH_CONSUME_LIMIT=$PWD/build/release/bench/consume_limit \
    BENCH_FLINK_JAR=$PWD/build/flink/calve-flink-1.18.jar bench_python "$@"
}

bench_peers() {
  bench_build
  flink_jar 1.18
  bench_run bench/bench.py "$@"
}

bench_freshness() {
  bench_build
  bench_run bench/freshness.py "$@"
}

bench_growth() {
  bench_build
  cmake --build build/release --target growth_bench -- --quiet
  BENCH_GROWTH=$(find build/release -name growth_bench -type f -perm -u+x) bench_run bench/growth.py "$@"
}
