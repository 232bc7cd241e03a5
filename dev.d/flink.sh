# shellcheck shell=bash
# The job that runs the engine inside Apache Flink: its jar, and a demonstration of it.

readonly FLINK_DEMO_EVENTS=1000000
readonly FLINK_DEMO_LIMIT_S=180

flink_usage() {
  cat >&2 <<'USAGE'
usage: ./dev flink jar [LINE]           build/flink/calve-flink-LINE.jar, the engine packed in
       ./dev flink demo [LINE]          a million orders from Kafka into an Iceberg table, by a Flink job
                                        that is submitted by REST
       ./dev flink test                 the tests of the Java part, for each line of Flink
       ./dev flink test LINE [ARG...]   the job's tests on a real cluster of that line; ARG are pytest's
LINE is 1.18, which is taken where none is given, 1.20 or 2.2.
USAGE
  return 2
}

dev_flink() {
  case ${1:-}/$# in
    jar/1 | jar/2) flink_jar "${2:-1.18}" ;;
    demo/1 | demo/2) flink_demo "${2:-1.18}" ;;
    test/1) flink_test ;;
    test/*) flink_test_cluster "${@:2}" ;;
    *) flink_usage ;;
  esac
}

flink_profile() { # LINE
  case $1 in
    1.18) ;;
    1.20) echo -Pflink-1.20 ;;
    2.2) echo -Pflink-2 ;;
    *) flink_usage ;;
  esac
}

# The release of a line that deploy/local/flink.sh starts.
flink_version() { # LINE
  case $1 in
    1.18) echo 1.18.1 ;;
    1.20) echo 1.20.4 ;;
    2.2) echo 2.2.1 ;;
    *) flink_usage ;;
  esac
}

# Runs Maven, offline first: a registry is asked only for what the local repository lacks.
flink_maven() { # LINE ARG...
  local profile=() line=$1 found
  found=$(flink_profile "$line") || return
  [ -z "$found" ] || profile=("$found")
  shift
  local run=(mvn -q -B -Dstyle.color=never -f java/pom.xml "-Dcalve.build.dir=$PWD/build/flink/$line"
    "${profile[@]}" "$@")
  "${run[@]}" -o >build/flink/maven.txt 2>&1 || "${run[@]}" >&2
}

flink_jar() { # LINE
  dev_setup
  install_packages default-jdk-headless maven
  mkdir -p build/flink
  say "compiling the engine as a library"
  cmake --preset release >/dev/null
  cmake --build build/release --target calve_jni -- --quiet
  java/pack_engine.py build/release/lib/libcalve_jni.so build/flink/engine
  say "packing build/flink/calve-flink-$1.jar"
  flink_maven "$1" -DskipTests "-Dcalve.native.dir=$PWD/build/flink/engine" package
  ln -f "build/flink/$1/calve-flink-$1.jar" build/flink/
}

flink_test() {
  install_packages default-jdk-headless maven
  mkdir -p build/flink
  local line
  for line in 1.18 1.20 2.2; do
    say "the Java part for Flink $line"
    flink_maven "$line" test
  done
}

flink_test_cluster() { # LINE [PYTEST ARGUMENT...]
  local version
  version=$(flink_version "$1")
  flink_jar "$1"
  dev_build dev
  say "the job inside a real Flink $version cluster"
  FLINK_VERSION=$version CALVE_FLINK_JAR=$PWD/build/flink/calve-flink-$1.jar CALVE_BIN=$PWD/build/dev/bin/calve \
    tests/flink/run.sh "${@:2}"
}

# Repeats a command until it succeeds; its last words are shown if it never does.
flink_wait_for() { # WHAT COMMAND...
  local what=$1 deadline=$((SECONDS + FLINK_DEMO_LIMIT_S)) answer
  shift
  until answer=$("$@" 2>&1); do
    ((SECONDS < deadline)) || die "$what: not within $FLINK_DEMO_LIMIT_S s. $answer"
    sleep 1
  done
}

flink_job_runs() { # JOB
  [ "$(deploy/local/flink.sh state "$1")" = RUNNING ]
}

flink_cancel_running() {
  local job state
  deploy/local/flink.sh jobs | while read -r job state _; do
    [ "$state" != RUNNING ] || deploy/local/flink.sh cancel "$job"
  done
}

# How many events the tables account for; 0 before they are made.
flink_demo_records() {
  { "$(calve_program)" verify --no-decode --output json 2>/dev/null || echo '{"records": 0}'; } |
    python3 -c 'import json, sys; print(json.load(sys.stdin).get("records", 0))'
}

flink_demo_holds() { # RECORDS
  local records
  records=$(flink_demo_records)
  echo "The tables hold $records of $1 events."
  ((records >= $1))
}

flink_demo() { # LINE
  local version
  version=$(flink_version "$1")
  export FLINK_VERSION=$version
  dev_setup_sql
  flink_jar "$1"
  dev_up --processes
  eval "$(dev_env)"
  export FLINK_REST_PORT=$FLINK_PORT

  flink_cancel_running # that of a demo before; the table knows how far it came
  local before
  before=$(flink_demo_records)
  say "calve produce: $FLINK_DEMO_EVENTS orders, 1 % of them broken on purpose, to topic $KAFKA_TOPIC"
  "$(calve_program)" produce --count "$FLINK_DEMO_EVENTS" --invalid 1%

  say "POST /jars/upload, POST /jars/:id/run"
  local job name settings=(FLINK_PARALLELISM=2 FLINK_CHECKPOINT_INTERVAL=2s)
  for name in KAFKA_BOOTSTRAP_SERVERS KAFKA_TOPIC ICEBERG_WAREHOUSE AWS_ENDPOINT_URL AWS_REGION \
    AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY; do
    settings+=("$name=${!name}")
  done
  job=$(deploy/local/flink.sh submit "build/flink/calve-flink-$1.jar" "${settings[@]}")
  flink_wait_for "job $job is to run" flink_job_runs "$job"
  say "GET /jobs"
  deploy/local/flink.sh jobs

  say "calve verify: every offset of the topic is in the table once"
  flink_wait_for "the tables are to hold the whole topic" flink_demo_holds $((before + FLINK_DEMO_EVENTS))
  "$(calve_program)" verify
  say "calve sql: what sells, by country"
  "$(calve_program)" sql "select shipping_address.country as country, count(*) as orders, sum(total) as revenue,
      max(processed_at) as last_processed
    from orders where currency = 'EUR' group by country order by revenue desc limit 8"
  cat >&2 <<NEXT

The job runs on. Flink's UI: $FLINK_REST_URL
  deploy/local/flink.sh savepoint $job    ends it with a savepoint
  calve run                               continues the same table without Flink
  ./dev down                              ends Flink, Kafka and LocalStack
NEXT
}
