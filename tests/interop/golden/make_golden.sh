#!/usr/bin/env bash
# Makes every golden file of this folder anew: Java's tables and transforms, then PyIceberg's.
# Snapshot ids, UUIDs and times differ from run to run, and the expected.json beside each table with them.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT

# A test needs the newest metadata file and what it refers to; the rest of a table's history goes.
keep_newest_metadata() {
    local table=$1 newest
    newest=$(ls -v "$table"/metadata/*.metadata.json | tail -n 1)
    find "$table/metadata" -name '*.metadata.json' ! -path "$newest" -delete
    rm -rf "$table/data" "$table/metadata/version-hint.text"
}

JUDGE_MAIN=calve.golden.Golden "$here/../judges/java/judge" "$made"
"$here/../judges/python/python" "$here/golden.py" "$made"
for table in "$made"/*/; do
    keep_newest_metadata "${table%/}"
done
# These two are read as metadata alone.
rm -f "$made"/{gzip-metadata,format-v3}/metadata/*.avro
rm -f "$made"/{gzip-metadata,format-v3}/expected.json

find "$here" -mindepth 1 -maxdepth 1 ! -name '*.sh' ! -name '*.py' ! -name README.md -exec rm -rf {} +
cp -r "$made"/. "$here"
