# shellcheck shell=bash
# The platform as processes of this machine, by the scripts of deploy/local.

up_processes() { # PART...
  install_packages "${TEST_PACKAGES[@]}"
  local part
  for part in "$@"; do
    case $part in
      kafka)
        say "Kafka on port $KAFKA_PORT"
        deploy/local/kafka.sh start
        deploy/local/kafka.sh topic "$KAFKA_TOPIC" "$TOPIC_PARTITIONS"
        ;;
      localstack)
        say "LocalStack on port $LOCALSTACK_PORT; it keeps objects in memory: ./dev down forgets the tables"
        deploy/local/localstack.sh start
        deploy/local/localstack.sh bucket "$S3_BUCKET"
        ;;
      flink)
        say "Flink on port $FLINK_PORT"
        flink_processes start
        ;;
      producer | engine)
        die "as processes of this machine, run them yourself: eval \"\$(./dev env)\"; calve produce --rate 100 & calve run"
        ;;
    esac
  done
}

flink_processes() { # COMMAND
  FLINK_REST_PORT=$FLINK_PORT deploy/local/flink.sh "$1"
}

down_processes() { # [--data]
  flink_processes stop
  deploy/local/kafka.sh stop
  deploy/local/localstack.sh stop
  [ "${1:-}" != --data ] || (
    cd "${CALVE_STATE:-.calve/services}"
    rm -rf "kafka-$KAFKA_PORT" "localstack-$LOCALSTACK_PORT" "flink-$FLINK_PORT"
  )
}

# A part that does not run is no failure of status.
status_processes() {
  echo "processes of this machine, state in ${CALVE_STATE:-.calve/services}"
  deploy/local/kafka.sh status || true
  deploy/local/localstack.sh status || true
  flink_processes status || true
}

logs_processes() { # [PART]
  local logs=() state=${CALVE_STATE:-.calve/services}
  case ${1:-all} in kafka | all) logs+=("$state/kafka-$KAFKA_PORT/log") ;;& esac
  case ${1:-all} in localstack | all) logs+=("$state/localstack-$LOCALSTACK_PORT/log") ;;& esac
  case ${1:-all} in flink | jobmanager | all) logs+=("$state/flink-$FLINK_PORT/jobmanager/log") ;;& esac
  case ${1:-all} in flink | taskmanager | all) logs+=("$state/flink-$FLINK_PORT/taskmanager/log") ;;& esac
  [ ${#logs[@]} -gt 0 ] || die "no such part: $1; there are kafka, localstack, flink (jobmanager and taskmanager)"
  tail -n 50 "${logs[@]}"
}
