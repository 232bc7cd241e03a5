#!/usr/bin/env bash
# Starts a JobManager or a TaskManager; FLINK_PROPERTIES holds lines of configuration that win over ours.
set -euo pipefail

# shellcheck source=deploy/local/versions.env
source /opt/flink/files/versions.env
# shellcheck source=deploy/local/flink/cluster.sh
source /opt/flink/files/flink/cluster.sh

readonly configuration=/opt/flink/conf

# The later line of a name wins.
write_configuration() {
  mkdir -p /tmp/flink-upload
  {
    cluster_configuration "${FLINK_SLOTS:-2}"
    printf '%s\n' "jobmanager.rpc.address: ${JOB_MANAGER_RPC_ADDRESS:-jobmanager}" \
      'jobmanager.bind-host: 0.0.0.0' 'taskmanager.bind-host: 0.0.0.0' \
      'rest.address: 0.0.0.0' 'rest.bind-address: 0.0.0.0' \
      'web.upload.dir: /tmp/flink-upload' "${FLINK_PROPERTIES:-}"
  } >"$configuration/$(configuration_file)"
}

case ${1:-} in
  jobmanager)
    write_configuration
    run_jobmanager /opt/flink "$configuration" exec
    ;;
  taskmanager)
    write_configuration
    run_taskmanager /opt/flink "$configuration" exec
    ;;
  *) exec "$@" ;;
esac
