# shellcheck shell=bash
# What every way to start LocalStack shares, for ../localstack.sh and the image's entry point to source.

localstack_serve=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/serve.py

# Runs LocalStack with S3 alone by a command such as exec. It writes below the folder only; within a
# container it would write to /var/lib, were it not told that it is on a host.
run_localstack() { # PYTHON HOST:PORT FILES_DIR COMMAND...
  SERVICES=s3 EAGER_SERVICE_LOADING=1 GATEWAY_LISTEN=$2 SKIP_SSL_CERT_DOWNLOAD=1 DISABLE_EVENTS=1 \
    OVERRIDE_IN_DOCKER=0 FILESYSTEM_ROOT=$3 "${@:4}" "$1" "$localstack_serve"
}
