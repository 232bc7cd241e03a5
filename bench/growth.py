#!/usr/bin/env python3
"""What an event costs as events have more fields, more items and more days, and a commit as the table ages.

The first three are whole runs of `calve run --until-end` over a file log of made-up events, less a run over
one of a single event; the last is growth_bench, on a store in memory.
"""

import argparse
import datetime
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import growth_picture
import machine
import results
from accounting import run_to_end
from table import Table
from workload import ROOT

TOPIC = "growth"
FIRST_DAY = datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc)


@dataclass(frozen=True)
class Shape:
    """Of an event, beside its id and time; and over how many days they lie."""

    fields: int = 10
    items: int = 2
    days: int = 1

    def values(self) -> int:
        return 2 + self.fields + 2 * self.items


SERIES = {
    "fields": [Shape(fields=fields) for fields in (5, 20, 80, 320)],
    "items": [Shape(items=items) for items in (1, 4, 16, 64)],
    "days": [Shape(days=days) for days in (1, 10, 100, 365)],
}


def contract(shape: Shape) -> dict[str, Any]:
    """As contracts/*.schema.json are."""
    names = [f"field_{number}" for number in range(shape.fields)]
    text = {"type": "string", "minLength": 1, "maxLength": 40}
    item = {"type": "object", "required": ["sku", "quantity"],
            "properties": {"sku": text | {"x-calve": {"field-id": 6}},
                           "quantity": {"type": "integer", "minimum": 1, "maximum": 1000,
                                        "x-calve": {"field-id": 7, "type": "int"}}}}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "x-calve": {
            "version": TOPIC, "event-time": "created_at",
            "partition": ["day(created_at)"],
            "engine-columns": {"processed_at": {"field-id": 1000, "type": "timestamptz"},
                               "source_partition": {"field-id": 1001, "type": "int"},
                               "source_offset": {"field-id": 1002, "type": "long"},
                               "source_timestamp": {"field-id": 1003, "type": "timestamptz"}}},
        "type": "object",
        "required": ["id", "created_at", "items", *names],
        "properties": {
            "id": text | {"x-calve": {"field-id": 1}},
            "created_at": {"type": "string", "format": "date-time", "x-calve": {"field-id": 2}},
            "items": {"type": "array", "minItems": 1, "maxItems": 100, "items": item,
                      "x-calve": {"field-id": 3, "element-id": 4}},
        } | {name: text | {"x-calve": {"field-id": 100 + number}} for number, name in enumerate(names)},
    }


def events(shape: Shape, count: int) -> Iterator[str]:
    """Neighbours lie on different days, which is the hardest order for a writer."""
    items = [{"sku": f"SKU-{number:06}", "quantity": 1 + number % 9} for number in range(shape.items)]
    for number in range(count):
        time = FIRST_DAY + datetime.timedelta(days=number % shape.days, seconds=number % 86_400)
        event = {"id": f"id-{number:012}", "created_at": time.isoformat().replace("+00:00", "Z"), "items": items}
        yield json.dumps(event | {f"field_{i}": f"value {(number * 31 + i) % 100_000}" for i in range(shape.fields)})


def run_calve(shape: Shape, count: int, folder: Path) -> float:
    """CPU-seconds of one run over so many events."""
    log = folder / "data" / TOPIC
    log.mkdir(parents=True)
    (log / "0.ndjson").write_text("".join(f"{event}\n" for event in events(shape, count)))
    (folder / "contract.json").write_text(json.dumps(contract(shape)))
    environment = {
        "CALVE_DATA_DIR": str(folder / "data"), "KAFKA_TOPIC": TOPIC, "ICEBERG_WAREHOUSE": str(folder / "warehouse"),
        "CALVE_CONTRACT": str(folder / "contract.json"), "CALVE_HTTP_LISTEN": "off",
    }
    cost = run_to_end([os.environ["CALVE_BIN"], "run", "--until-end"], environment, folder / "log")
    if (found := Table(folder / "warehouse/analytics/orders").rows()) != count:
        sys.exit(f"{shape}: {found} of {count} rows; the log is {folder}/log")
    return cost.cpu_seconds


def run_shapes(shapes: list[Shape], dimension: str, count: int) -> list[dict[str, float]]:
    points = []
    for shape in shapes:
        with tempfile.TemporaryDirectory(prefix="calve-growth-") as folder:
            idle = run_calve(shape, 1, Path(folder) / "idle")
            busy = run_calve(shape, count, Path(folder) / "busy")
        micros = (busy - idle) / count * 1e6
        points.append({"x": getattr(shape, dimension), "us_per_event": round(micros, 3),
                       "us_per_value": round(micros / shape.values(), 4)})
        print(dimension, points[-1], flush=True)
    return points


def run_commits() -> list[dict[str, float]]:
    """growth_bench prints a line of names, then a line for each stretch of commits."""
    done = subprocess.run([os.environ["BENCH_GROWTH"]], check=True, stdout=subprocess.PIPE, text=True)
    points = []
    for line in done.stdout.splitlines()[1:]:
        commits, milliseconds, objects, size, _, manifests, metadata, _ = line.split()
        points.append({"x": int(commits), "us_per_commit": round(float(milliseconds) * 1000),
                       "objects_per_commit": float(objects), "bytes_per_commit": float(size),
                       "manifests": int(manifests), "metadata_bytes": int(metadata)})
        print("commits", points[-1], flush=True)
    return points


def main() -> None:
    parser = argparse.ArgumentParser(prog="./dev bench growth", description=__doc__.splitlines()[0])
    parser.add_argument("--events", type=int, default=100_000, metavar="N", help="of each whole run")
    parser.add_argument("--name", default="try-growth", help="the result is bench/results/DATE-NAME.json and .svg")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))
    series = {name: run_shapes(shapes, name, arguments.events) for name, shapes in SERIES.items()}
    series["commits"] = run_commits()
    result = {"date": datetime.date.today().isoformat(), "machine": machine.describe(), "events": arguments.events,
              "series": series}
    target = ROOT / "bench/results" / f"{result['date']}-{arguments.name}.json"
    target.parent.mkdir(exist_ok=True)
    results.save(result, target)
    target.with_suffix(".svg").write_text(growth_picture.draw(result))
    print(target.relative_to(ROOT))


main()
