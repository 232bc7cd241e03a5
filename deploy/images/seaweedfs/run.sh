#!/usr/bin/env bash
# Serves S3 on 4566 from /var/lib/objects, and runs the scripts that LocalStack would run when ready.
set -euo pipefail

make_ready() {
  local script
  until curl -fs --noproxy '*' -o /dev/null http://127.0.0.1:4566/healthz; do sleep 0.2; done
  for script in /etc/localstack/init/ready.d/*.sh; do "$script"; done
}

make_ready &
exec weed -logtostderr=true server -dir=/var/lib/objects -s3 -s3.port=4566 -ip=127.0.0.1 -ip.bind=0.0.0.0 \
  -volume.max=0 -master.volumeSizeLimitMB=256
