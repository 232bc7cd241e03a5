"""What the cloud tests share: where calve is, and a clean environment."""

import os
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/faults"))
CALVE = os.environ.get("CALVE_BIN", str(ROOT / "build/dev/bin/calve"))


def clean_environment(**more: str) -> dict[str, str]:
    ours = ("KAFKA_", "ICEBERG_", "AWS_", "CALVE_", "FLINK_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    cache = {"CALVE_CACHE": os.environ["CALVE_CACHE"]} if "CALVE_CACHE" in os.environ else {}
    return {**kept, **cache, "CALVE_HTTP_LISTEN": "off", **more}


# What test_matrix.py measured, a row for each combination.
MATRIX: list[tuple[str, ...]] = []
MATRIX_HEAD = ("source", "tables in", "catalog", "orders", "rejects", "seconds", "set besides the keys")


def pytest_terminal_summary(terminalreporter) -> None:
    if not MATRIX:
        return
    terminalreporter.section("the same journey, by environment variables alone")
    rows = (MATRIX_HEAD, *MATRIX)
    widths = [max(len(row[column]) for row in rows) for column in range(len(MATRIX_HEAD))]
    for row in rows:
        line = "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True))
        terminalreporter.write_line(line.rstrip())
