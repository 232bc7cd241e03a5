# shellcheck shell=bash
# The platform in containers: deploy/compose.yaml by Docker Compose, or by podman-compose.

# Debian's 1.0 knows neither profiles nor the conditions of depends_on.
readonly PODMAN_COMPOSE_VERSION=1.6.0
readonly HEALTHY_LIMIT_S=180

# What `./dev up --containers` and the tests of the containers add. ./dev setup leaves the machine without.
readonly CONTAINER_PACKAGES=(podman runc netavark aardvark-dns iptables fuse-overlayfs debootstrap)

find_container_engine() {
  if docker compose version >/dev/null 2>&1 && docker info >/dev/null 2>&1; then
    echo docker
  elif podman info >/dev/null 2>&1; then
    echo podman
  else
    return 1
  fi
}

require_container_engine() {
  container_engine=$(find_container_engine) || {
    install_packages "${CONTAINER_PACKAGES[@]}"
    container_engine=$(find_container_engine) ||
      die "neither docker nor podman answers; see what this says: podman info"
  }
  [ "$container_engine" = docker ] || install_podman_compose
  # Without systemd podman has no timers for health checks; they are asked for here.
  [ -d /run/systemd/system ] || export DISABLE_HC_SYSTEMD=true
}

make_podman_compose() {
  python3 -m pip install -q --target "$1" "podman-compose==$PODMAN_COMPOSE_VERSION"
}

install_podman_compose() {
  lay_dependency podman-compose "$PODMAN_COMPOSE_VERSION" make_podman_compose
}

compose() {
  if [ "$container_engine" = docker ]; then
    docker compose -f deploy/compose.yaml --profile native "$@"
  else
    PYTHONPATH=$CALVE_CACHE/deps/podman-compose python3 -m podman_compose -f deploy/compose.yaml \
      --profile native "$@" 2>&1 | without_noise >&2
  fi
}

# podman prints an id a line, and what does not matter here.
without_noise() {
  grep -v -E '^[0-9a-f]{64}$|no such container|connect to syslog|Ignored .* condition' || true
}

# The one container of a service, or nothing.
container_of() { # SERVICE
  "$container_engine" ps -aq --filter "label=com.docker.compose.project=${COMPOSE_PROJECT_NAME:-calve}" \
    --filter "label=com.docker.compose.service=$1" | head -n 1
}

# --- images --------------------------------------------------------------------------------------

# The images that deploy/compose.yaml will run, from this checkout: those that no *_IMAGE names otherwise.
# CALVE_BIN and FLINK_JAR name a program and a job that are built already.
# BASE names the image that they start from; where it is not set and no registry is reached,
# deploy/images/base.sh makes one.
dev_images() { # [PART ...]
  local parts=("$@")
  [ $# -gt 0 ] || parts=("${PLATFORM_PARTS[@]}" engine)
  dev_calve
  build_images "${parts[@]}"
}

build_images() { # PART ...
  require_container_engine
  choose_base
  check_that_containers_run
  local part
  for part in "$@"; do
    case $part in
      kafka) build_image "${KAFKA_IMAGE:-localhost/calve-kafka}" ;;
      localstack) build_image "${LOCALSTACK_IMAGE:-localhost/calve-localstack}" ;;
      flink)
        lay_jar
        build_image "${FLINK_IMAGE:-localhost/calve-flink}"
        ;;
      producer | engine)
        lay_program
        build_image "${ENGINE_IMAGE:-localhost/calve}"
        ;;
    esac
  done
}

choose_base() {
  [ -z "${BASE:-}" ] || return 0
  export BASE=debian:bookworm-slim
  "$container_engine" image inspect "$BASE" >/dev/null 2>&1 && return
  if [ "$container_engine" = podman ] && podman image exists localhost/debian:bookworm; then
    BASE=localhost/debian:bookworm
    return
  fi
  say "pulling $BASE"
  timeout 60 "$container_engine" pull -q "$BASE" >/dev/null 2>&1 && return
  [ "$container_engine" = podman ] || die "$BASE cannot be pulled; name another image by BASE"
  say "no registry answers: making the base image from Debian's packages"
  BASE=localhost/debian:bookworm
  as_root deploy/images/base.sh
}

check_that_containers_run() {
  runs_a_container && return
  [ "$container_engine" = podman ] || die "docker does not run a container; see what this says: docker run $BASE true"
  export CONTAINERS_CONF=$PWD/deploy/images/containers.conf
  runs_a_container || die "podman runs no container here; see what this says: podman run --rm --network none $BASE true"
}

runs_a_container() {
  "$container_engine" run --rm --network none "$BASE" true >/dev/null 2>&1
}

# What is built on the host goes into images as it is: calve from its build tree, or CALVE_BIN's own installed
# tree, and the job's jar.
lay_program() {
  local built
  built=$(cd "$(dirname "$(calve_program)")/.." && pwd)
  rm -rf build/image/calve
  mkdir -p build/image
  if [ -f "$built/CMakeCache.txt" ]; then
    cmake --install "$built" --prefix "$PWD/build/image/calve" >/dev/null
  else
    cp -a "$built" build/image/calve
  fi
}

lay_jar() {
  [ -n "${FLINK_JAR:-}" ] || flink_jar 1.18
  rm -rf build/image/flink
  mkdir -p build/image/flink
  cp "${FLINK_JAR:-build/flink/calve-flink-1.18.jar}" build/image/flink/
}

# Somebody else's image is pulled when it is first started.
build_image() { # IMAGE
  local folder
  case $1 in
    localhost/calve) folder=calve ;;
    localhost/calve-*) folder=${1#localhost/calve-} ;;
    *) return 0 ;;
  esac
  say "image $1"
  # A build on the host's network reaches the package registries wherever the host does.
  "$container_engine" build -q --network host --build-arg "BASE=$BASE" -t "$1" \
    -f "deploy/images/$folder/Dockerfile" . >/dev/null
}

# --- up and down ---------------------------------------------------------------------------------

up_containers() { # PART...
  build_images "$@"
  local part
  for part in "$@"; do
    case $part in
      kafka) start_service kafka && wait_healthy kafka && run_to_end topics ;;
      localstack) start_service localstack && wait_healthy localstack ;;
      flink) start_service jobmanager && wait_healthy jobmanager && start_service taskmanager && wait_healthy taskmanager ;;
      producer | engine)
        [ -n "$(container_of topics)" ] || die "$part needs Kafka and S3; run: ./dev up --containers kafka localstack $part"
        start_service "$part"
        ;;
    esac
  done
}

# One service by itself: the order is kept here, for a podman that cannot wait for health.
start_service() { # SERVICE
  compose up -d --no-build --no-deps "$1"
}

down_containers() { # [--data]
  require_container_engine
  if [ "${1:-}" = --data ]; then compose down --volumes; else compose down; fi
}

# Asks by the container's own check: podman without systemd, and Compose before it is older than 4.6, do not.
wait_healthy() { # SERVICE
  local container deadline=$((SECONDS + HEALTHY_LIMIT_S))
  container=$(container_of "$1")
  until is_healthy "$container"; do
    if [ $SECONDS -ge $deadline ]; then
      "$container_engine" logs --tail 20 "$container" >&2
      die "$1 is not healthy after $HEALTHY_LIMIT_S s; its log: ./dev logs $1"
    fi
    sleep 0.5
  done
}

is_healthy() { # CONTAINER
  if [ "$container_engine" = podman ]; then
    podman healthcheck run "$1" >/dev/null 2>&1
  else
    [ "$(docker inspect -f '{{.State.Health.Status}}' "$1")" = healthy ]
  fi
}

run_to_end() { # SERVICE
  start_service "$1"
  local container code
  container=$(container_of "$1")
  code=$("$container_engine" wait "$container")
  [ "$code" = 0 ] || {
    "$container_engine" logs "$container" >&2
    die "$1 ended with exit code $code"
  }
}

status_containers() {
  require_container_engine
  echo "containers of $container_engine on the network ${NETWORK:-flink-network}"
  "$container_engine" ps -a --filter "label=com.docker.compose.project=${COMPOSE_PROJECT_NAME:-calve}" \
    --format 'table {{.Names}}\t{{.Image}}\t{{.Status}}\t{{.Ports}}'
}

logs_containers() { # [SERVICE]
  require_container_engine
  local service container services=("$@")
  [ $# -gt 0 ] || services=(kafka topics localstack jobmanager taskmanager producer engine)
  [ "${1:-}" != flink ] || services=(jobmanager taskmanager)
  for service in "${services[@]}"; do
    container=$(container_of "$service")
    [ -n "$container" ] || { [ $# -eq 0 ] || die "no container of $service; ./dev status lists those there are"; continue; }
    echo "==> $service <=="
    "$container_engine" logs --tail 50 "$container" 2>&1
  done
}
