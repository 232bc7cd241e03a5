#!/usr/bin/env bash
set -euo pipefail

# shellcheck source=deploy/local/localstack/serve.sh
source /opt/localstack/serve.sh
run_localstack /opt/localstack/venv/bin/python 0.0.0.0:4566 /var/lib/localstack/files exec
