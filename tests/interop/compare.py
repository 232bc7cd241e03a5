#!/usr/bin/env python3
"""Lets three readers read one table and fails when they disagree: compare.py [--facts FILE] LOCATION

--facts FILE names a JSON object with what the table must hold, in the form of a summary; only the
keys that it has are looked at, e.g. {"rows": 1000, "columns": {"order_id": {"nulls": 0}}}.
Exit code 0: all agree; 1: they disagree, or a reader failed; 2: usage.
"""

import argparse
import concurrent.futures
import json
import pathlib
import subprocess
import sys

JUDGES = pathlib.Path(__file__).resolve().parent / "judges"
READERS = {
    "java": [JUDGES / "java" / "judge"],
    "pyiceberg": [JUDGES / "python" / "judge", "--reader", "pyiceberg"],
    "duckdb": [JUDGES / "python" / "judge", "--reader", "duckdb"],
}
READER_SECONDS_MAX = 300
DIFFERENCES_SHOWN_MAX = 40


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description="Compares what three readers read in one table.")
    parser.add_argument("--facts", type=pathlib.Path, help="what the table must hold")
    parser.add_argument("--readers", default=",".join(READERS), help="some of: %(default)s")
    parser.add_argument("location")
    parsed = parser.parse_args(arguments)
    names = parsed.readers.split(",")
    if unknown := set(names) - set(READERS):
        parser.error(f"unknown readers: {', '.join(sorted(unknown))}")

    with concurrent.futures.ThreadPoolExecutor(len(names)) as pool:
        answers = dict(zip(names, pool.map(lambda name: summarize(name, parsed.location), names)))
    failed = [name for name in names if isinstance(answers[name], str)]
    for name in failed:
        print(f"{name} could not read {parsed.location}:\n{answers.pop(name)}", file=sys.stderr)
    if parsed.facts:
        answers["expected"] = json.loads(parsed.facts.read_text())
    disagreements = differences(answers)
    for line in disagreements[:DIFFERENCES_SHOWN_MAX]:
        print(line, file=sys.stderr)
    if len(disagreements) > DIFFERENCES_SHOWN_MAX:
        print(f"and {len(disagreements) - DIFFERENCES_SHOWN_MAX} more", file=sys.stderr)
    if failed or disagreements:
        return 1
    first = answers[names[0]]
    print(
        f"{', '.join(names)} agree: {first['rows']} rows, {len(first['columns'])} columns,"
        f" {first['data_files']} data files"
    )
    return 0


def summarize(reader: str, location: str) -> dict | str:
    """The reader's summary, or the end of its complaint."""
    command = [*READERS[reader], "summary", location]
    try:
        run = subprocess.run(command, capture_output=True, text=True, timeout=READER_SECONDS_MAX)
    except subprocess.TimeoutExpired:
        return f"no answer within {READER_SECONDS_MAX} s"
    return json.loads(run.stdout) if run.returncode == 0 else run.stderr[-3000:]


def differences(answers: dict[str, dict]) -> list[str]:
    """A line for each fact that two answers state differently; what one does not state is no difference."""
    facts: dict[str, dict[str, object]] = {}
    for name, answer in answers.items():
        for path, value in leaves(answer):
            if path != "reader":
                facts.setdefault(path, {})[name] = value
    lines = []
    summarizers = [name for name in answers if name != "expected"]
    for path, stated in sorted(facts.items()):
        if len({json.dumps(value) for value in stated.values()}) > 1:
            lines.append(f"{path}: " + ", ".join(f"{name} {value!r}" for name, value in stated.items()))
        elif path.startswith("columns.") and (missing := [n for n in summarizers if n not in stated]):
            lines.append(f"{path}: missing in {', '.join(missing)}")
    return lines


def leaves(value: object, path: str = "") -> list[tuple[str, object]]:
    if not isinstance(value, dict):
        return [(path, value)]
    return [leaf for key in value for leaf in leaves(value[key], f"{path}.{key}" if path else key)]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
