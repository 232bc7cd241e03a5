#!/usr/bin/env bash
# Runs in the S3 service each time it is ready; a bucket that exists stays as it is.
set -euo pipefail
readonly bucket=http://127.0.0.1:4566/$S3_BUCKET
curl -fs --noproxy '*' -o /dev/null "$bucket?max-keys=1" ||
  curl -sS --fail-with-body --noproxy '*' -X PUT "$bucket" >/dev/null
