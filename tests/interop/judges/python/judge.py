"""Judges a table by PyIceberg or DuckDB: judge.py --reader pyiceberg|duckdb VERB LOCATION ...

  summary  LOCATION                  rows, columns and files of the current snapshot
  plan     LOCATION COLUMN FROM TO   files that FROM <= COLUMN < TO plans, of all (PyIceberg alone)
  validate LOCATION                  every version, snapshot, manifest and data file

LOCATION is a table's folder, s3://bucket/key, or one of its metadata files. One JSON document goes
to standard output. Exit code 0: the table is as it should be; 1: it is not, or the reader refused
it; 2: usage.
"""

import argparse
import json
import sys

import duckdb_reader
import pyiceberg_reader
from location import Location

READERS = {"pyiceberg": pyiceberg_reader, "duckdb": duckdb_reader}


def parse_arguments(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Judges an Iceberg table.")
    parser.add_argument("--reader", choices=READERS, required=True)
    verbs = parser.add_subparsers(dest="verb", required=True)
    for verb in ("summary", "plan", "validate"):
        verbs.add_parser(verb).add_argument("location")
    for name in ("column", "lower", "upper"):
        verbs.choices["plan"].add_argument(name)
    parsed = parser.parse_args(arguments)
    if parsed.verb == "plan" and parsed.reader != "pyiceberg":
        parser.error("only PyIceberg tells what it plans")
    return parsed


def main(arguments: list[str]) -> int:
    parsed = parse_arguments(arguments)
    location = Location.parse(parsed.location)
    reader = READERS[parsed.reader]
    if parsed.verb == "summary":
        answer = reader.summary(location)
    elif parsed.verb == "plan":
        answer = reader.plan(location, parsed.column, parsed.lower, parsed.upper)
    else:
        answer = reader.validate(location)
    answer = {"reader": parsed.reader, **answer}
    print(json.dumps(answer, indent=2, ensure_ascii=False))
    return 1 if answer.get("problems") else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
