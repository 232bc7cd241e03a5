# shellcheck shell=bash
# What every way to start Flink shares, for ../flink.sh and the image's entry point to source after
# versions.env.

readonly flink_files=${BASH_SOURCE[0]%/*}

# The TaskManager's memory, some 3.3 GiB in all. Flink's own scripts compute these from one size; here
# they are said. Task off-heap is what native code may take.
readonly framework_heap_mb=128 task_heap_mb=1408 framework_off_heap_mb=128 task_off_heap_mb=768
readonly network_mb=256 managed_mb=128 metaspace_mb=256 overhead_mb=320
readonly jobmanager_heap_mb=768

# The archive of PyPI's package is the distribution without its shell scripts.
fetch_flink() { # SOFTWARE_DIR
  local checksum
  checksum=$(grep -F -- "-$FLINK_VERSION.tar.gz" "$flink_files/archives.sha256") || {
    echo "Flink $FLINK_VERSION has no checksum; add it to $flink_files/archives.sha256" >&2
    return 1
  }
  mkdir -p "$1/fetched"
  python3 -m pip download -q --disable-pip-version-check --no-deps --no-binary :all: \
    -d "$1/fetched" "apache-flink-libraries==$FLINK_VERSION" >&2
  (cd "$1/fetched" && sha256sum --quiet -c <<<"$checksum") || {
    echo "the archive of Flink $FLINK_VERSION is not the one that was pinned" >&2
    return 1
  }
  tar -xzf "$1"/fetched/*.tar.gz -C "$1" --strip-components=2 \
    --wildcards '*/deps/lib' '*/deps/opt' '*/deps/plugins'
  rm -r "$1/fetched"
}

# Up to 1.18 the file is flink-conf.yaml, from 2.0 on it is config.yaml; in between both are read.
configuration_file() {
  case $FLINK_VERSION in
    1.1[0-8].*) echo flink-conf.yaml ;;
    *) echo config.yaml ;;
  esac
}

# Under its old name Flink 1.20 takes the cluster's own folder for one that the program has set.
checkpoint_folder_key() {
  case $FLINK_VERSION in
    1.1*) echo state.checkpoints.dir ;;
    *) echo execution.checkpointing.dir ;;
  esac
}

# Prints what does not depend on addresses and folders.
cluster_configuration() { # SLOTS
  cat "$flink_files/cluster.yaml"
  cat <<END_OF_CONFIGURATION

taskmanager.numberOfTaskSlots: $1
taskmanager.cpu.cores: $1.0
taskmanager.memory.framework.heap.size: ${framework_heap_mb}mb
taskmanager.memory.task.heap.size: ${task_heap_mb}mb
taskmanager.memory.framework.off-heap.size: ${framework_off_heap_mb}mb
taskmanager.memory.task.off-heap.size: ${task_off_heap_mb}mb
taskmanager.memory.network.min: ${network_mb}mb
taskmanager.memory.network.max: ${network_mb}mb
taskmanager.memory.managed.size: ${managed_mb}mb
taskmanager.memory.jvm-metaspace.size: ${metaspace_mb}mb
taskmanager.memory.jvm-overhead.min: ${overhead_mb}mb
taskmanager.memory.jvm-overhead.max: ${overhead_mb}mb
END_OF_CONFIGURATION
}

# What Flink reaches into on a JDK with modules.
java_opens() {
  local package
  for package in java.lang java.lang.reflect java.io java.net java.nio java.text java.time java.util \
    java.util.concurrent java.util.concurrent.atomic java.util.concurrent.locks sun.nio.ch; do
    printf -- '--add-opens=java.base/%s=ALL-UNNAMED\n' "$package"
  done
}

run_jobmanager() { # SOFTWARE_DIR CONF_DIR COMMAND...
  run_flink "$1" "$2" org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint \
    "-Xms${jobmanager_heap_mb}m -Xmx${jobmanager_heap_mb}m -XX:MaxMetaspaceSize=256m" "${@:3}"
}

run_taskmanager() { # SOFTWARE_DIR CONF_DIR COMMAND...
  local heap_mb=$((framework_heap_mb + task_heap_mb))
  local direct_mb=$((framework_off_heap_mb + task_off_heap_mb + network_mb))
  run_flink "$1" "$2" org.apache.flink.runtime.taskexecutor.TaskManagerRunner \
    "-Xms${heap_mb}m -Xmx${heap_mb}m -XX:MaxDirectMemorySize=${direct_mb}m -XX:MaxMetaspaceSize=${metaspace_mb}m" \
    "${@:3}"
}

# Runs one of Flink's processes by a command such as exec.
run_flink() { # SOFTWARE_DIR CONF_DIR MAIN JAVA_OPTIONS COMMAND...
  local software=$1 conf=$2 main=$3 options opens
  read -ra options <<<"$4"
  mapfile -t opens < <(java_opens)
  CLASSPATH="$software/lib/*" FLINK_PLUGINS_DIR=$software/plugins FLINK_LIB_DIR=$software/lib \
    FLINK_CONF_DIR=$conf "${@:5}" java "${options[@]}" "${opens[@]}" \
    "-XX:ErrorFile=$conf/hs_err_pid%p.log" "-Dlog4j.configurationFile=$flink_files/log4j.properties" "$main" --configDir "$conf"
}
