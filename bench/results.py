"""A run's result file: what was measured, and on what. Everything that is printed or drawn comes from it."""

import json
import statistics
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from system import Reading, System


@dataclass(frozen=True)
class Figures:
    """Of one system; medians over its readings."""

    name: str
    warmth: str
    events_per_second: float
    cpu_seconds_per_million: float
    peak_mib: float
    table_mb: float | None
    data_files: float | None
    commits: float | None


def to_json(reading: Reading) -> dict[str, float | int]:
    fields = asdict(reading.cost)
    return fields | asdict(reading.table.written()) if reading.table else fields


def entry_of(system: System, readings: list[dict[str, float | int]]) -> dict[str, Any]:
    return {"name": system.name, "warmth": system.warmth, "note": system.note, "readings": readings}


def figures(result: dict[str, Any]) -> list[Figures]:
    """In the order of their cost, cheapest first."""
    events = result["workload"]["events"]

    def of(entry: dict[str, Any]) -> Figures:
        def median(field: str) -> float | None:
            values = [reading[field] for reading in entry["readings"] if field in reading]
            return statistics.median(values) if values else None

        seconds, cpu, peak = median("seconds"), median("cpu_seconds"), median("peak_mib")
        assert seconds and cpu and peak
        size = median("bytes")
        return Figures(entry["name"], entry["warmth"], events / seconds, cpu / events * 1e6, peak,
                       None if size is None else size / 1e6, median("data_files"), median("commits"))

    return sorted(map(of, result["systems"]), key=lambda one: one.cpu_seconds_per_million)


def load(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text())


def save(result: dict[str, Any], path: Path) -> None:
    path.write_text(json.dumps(result, indent=2) + "\n")
